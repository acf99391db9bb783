package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Test;

class LogFrontTests {

    private static final TermIndex FORMER = TermIndex.valueOf(2, 9);
    private static final TermIndex FIRST = TermIndex.valueOf(3, 10);
    private static final TermIndex SECOND = TermIndex.valueOf(3, 11);

    @Test
    void takesOthersOnceAllIsOnItsDisk() {
        assertThat(new LogFront(3, FIRST, FORMER, 10).takesOthers()).isTrue();
        assertThat(new LogFront(3, FIRST, null, 10).takesOthers()).isTrue();
        assertThat(new LogFront(3, FIRST, FORMER, 9).takesOthers())
                .as("its own disk is slow")
                .isFalse();
    }

    @Test
    void takesNobodyForWhatIsAgreedOn() {
        assertThat(new LogFront(3, FIRST, FIRST, 10).takesOthers()).isFalse();
        assertThat(new LogFront(3, SECOND, FIRST, 11).takesOthers())
                .as("whatever came after the first entry")
                .isFalse();
    }

    @Test
    void takesNobodyBeforeThereIsAnEntryOfTheTerm() {
        assertThat(new LogFront(3, FORMER, null, 9).takesOthers()).isFalse();
        assertThat(new LogFront(3, null, null, -1).takesOthers()).isFalse();
    }

    @Test
    void isAgreedByAnEntryOfTheTerm() {
        assertThat(new LogFront(3, SECOND, FIRST, 9).isAgreed()).isTrue();
        assertThat(new LogFront(3, SECOND, FORMER, 11).isAgreed()).isFalse();
        assertThat(new LogFront(3, SECOND, null, 11).isAgreed()).isFalse();
    }
}
