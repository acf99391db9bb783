package io.hamster.cluster.raft.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderHistoryTests {

    @Test
    void acceptsLeadersOneAfterAnother() {
        assertThat(violations(
                        new Belief("a", 1, 1, 10, 20), new Belief("b", 1, 2, 21, 30), new Belief("a", 2, 3, 40, 50)))
                .isEmpty();
    }

    @Test
    void acceptsTheSameLeaderTwiceInOneTerm() {
        assertThat(violations(new Belief("a", 1, 1, 10, 20), new Belief("a", 2, 1, 21, 30)))
                .isEmpty();
    }

    @Test
    void findsTwoLeadersAtOneTime() {
        assertThat(violations(new Belief("a", 1, 1, 10, 20), new Belief("b", 1, 2, 20, 30)))
                .singleElement()
                .asString()
                .startsWith("two leaders");
    }

    @Test
    void findsALeaderWithinTheTimeOfAnother() {
        assertThat(violations(
                        new Belief("a", 1, 3, 10, 90), new Belief("a", 2, 3, 20, 30), new Belief("b", 1, 4, 40, 50)))
                .singleElement()
                .asString()
                .startsWith("two leaders");
    }

    @Test
    void findsATermThatTwoHad() {
        assertThat(violations(new Belief("a", 1, 1, 10, 20), new Belief("b", 1, 1, 21, 30)))
                .singleElement()
                .asString()
                .startsWith("one term");
    }

    @Test
    void findsATermThatGoesBack() {
        assertThat(violations(new Belief("a", 1, 5, 10, 20), new Belief("b", 1, 4, 21, 30)))
                .singleElement()
                .asString()
                .startsWith("back in terms");
    }

    @Test
    void readsWhatItWrites() {
        Belief belief = new Belief("a-life-1", 2, 3, -4, 5);
        assertThat(Belief.parse(belief.line())).isEqualTo(belief);
    }

    private static List<String> violations(Belief... beliefs) {
        return new LeaderHistory(List.of(beliefs)).violations();
    }
}
