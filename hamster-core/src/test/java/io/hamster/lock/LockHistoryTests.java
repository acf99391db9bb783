package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockHistory.Hold;
import org.junit.jupiter.api.Test;

class LockHistoryTests {

    private final LockHistory history = new LockHistory();

    private void hold(String key, long fence, long from, long to) {
        history.add(new Hold(key, "owner" + fence, fence, from, to));
    }

    @Test
    void acceptsDisjointHoldsWithRisingFences() {
        hold("k", 3, 21, 30);
        hold("k", 1, 0, 10);
        hold("k", 2, 11, 20);
        hold("other", 1, 5, 25);

        assertThat(history.violations()).isEmpty();
        assertThat(history.size()).isEqualTo(4);
    }

    @Test
    void findsAPlantedOverlap() {
        hold("k", 1, 0, 10);
        hold("k", 2, 10, 20);

        assertThat(history.violations())
                .singleElement()
                .asString()
                .startsWith("overlap")
                .contains("owner1", "owner2");
    }

    @Test
    void findsAnOverlapWithAnEarlierHold() {
        hold("k", 1, 0, 100);
        hold("k", 2, 10, 20);
        hold("k", 3, 30, 40);

        assertThat(history.violations()).hasSize(2).allMatch(each -> each.startsWith("overlap"));
    }

    @Test
    void findsAFenceThatDidNotRise() {
        hold("k", 2, 0, 10);
        hold("k", 2, 20, 30);
        hold("k", 1, 40, 50);

        assertThat(history.violations()).hasSize(2).allMatch(each -> each.startsWith("fence did not rise"));
    }

    @Test
    void findsAFenceOfTwoGrantsOfOneKey() {
        hold("k", 1, 0, 10);
        hold("other", 1, 0, 10);
        hold("k", 2, 5, 15);
        assertThat(history.reusedFences()).isEmpty();

        hold("k", 1, 20, 30);
        assertThat(history.reusedFences()).singleElement().asString().startsWith("fence reused");
    }

    @Test
    void readsTheLinesItWrites() {
        Hold hold = new Hold("k:1", "node-1", 1767225600000002L, -5, 7);

        assertThat(Hold.parse(hold.line())).isEqualTo(hold);
    }
}
