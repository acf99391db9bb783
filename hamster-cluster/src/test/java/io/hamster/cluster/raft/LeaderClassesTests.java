package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class LeaderClassesTests {

    /** When a new Ratis has others: those that {@code -Xlog:class+load} shows on a node when it becomes the leader. */
    @Test
    void namesClassesThatThereAre() {
        assertThat(LeaderClasses.names()).hasSizeGreaterThan(300).doesNotHaveDuplicates();
        assertThat(LeaderClasses.names())
                .allSatisfy(name -> assertThatCode(
                                () -> Class.forName(name, false, getClass().getClassLoader()))
                        .doesNotThrowAnyException());
        assertThatCode(LeaderClasses::load).doesNotThrowAnyException();
    }
}
