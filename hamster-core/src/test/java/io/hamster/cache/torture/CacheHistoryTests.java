package io.hamster.cache.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.torture.CacheHistory.Change;
import io.hamster.cache.torture.CacheHistory.Read;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheHistoryTests {

    private static final Duration BOUND = Duration.ofMillis(100);
    private static final Duration QUIET_BOUND = Duration.ofMillis(10);

    private final CacheHistory history = new CacheHistory();

    private void change(String instance, long version, long millis, boolean isConfirmed) {
        history.add(new Change(instance, "k", version, millis * 1_000_000, isConfirmed));
    }

    private void read(String instance, long version, long millis, boolean isQuiet) {
        history.add(new Read(instance, "k", version, millis * 1_000_000, isQuiet, 1));
    }

    private List<String> violations() {
        return history.violations(BOUND, QUIET_BOUND);
    }

    @Test
    void anOlderVersionMayBeReadWithinTheBoundAndNewerOnesAlways() {
        change("a", 1, 0, true);
        change("a", 2, 1000, true);
        read("b", 1, 1100, false);
        read("b", 2, 500, false);
        read("b", 3, 1500, true);

        assertThat(violations()).isEmpty();
    }

    @Test
    void anOlderVersionMayNotBeReadAfterTheBound() {
        change("a", 1, 0, true);
        change("a", 2, 1000, true);
        read("b", 1, 1101, false);

        assertThat(violations()).singleElement().asString().startsWith("stale: 101 ms after");
    }

    @Test
    void inQuietTimesTheBoundIsTighter() {
        change("a", 2, 1000, true);
        read("b", 1, 1010, true);
        assertThat(violations()).isEmpty();

        read("b", 1, 1011, true);
        assertThat(violations()).singleElement().asString().startsWith("stale in quiet times: 11 ms");
    }

    @Test
    void anInstanceSeesItsOwnChangesAtOnceEvenUnconfirmedOnes() {
        change("a", 2, 1000, false);
        read("b", 1, 9000, true);
        read("a", 1, 999, true);
        assertThat(violations()).isEmpty();

        read("a", 1, 1001, false);
        assertThat(violations()).singleElement().asString().startsWith("its own change: 1 ms");
    }

    @Test
    void aLateAcknowledgementOfAnOlderVersionHidesNoNewerOne() {
        change("a", 5, 1000, true);
        change("b", 4, 1200, true);
        read("c", 4, 1250, false);

        assertThat(violations()).singleElement().asString().startsWith("stale: 250 ms");
    }

    @Test
    void whatWasClearedDoesNotReappear() {
        change("a", 7, 1000, true);
        read("b", 8, 1500, false);
        assertThat(violations()).isEmpty();

        read("b", 0, 60_000, false);
        assertThat(violations()).hasSize(1);
    }

    @Test
    void keysHaveNothingToDoWithEachOther() {
        change("a", 7, 1000, true);
        history.add(new Read("b", "other", 1, 9_000_000_000L, true, 1));

        assertThat(violations()).isEmpty();
    }

    @Test
    void saysHowLongAVersionOutlivedItsSuccessor() {
        change("a", 2, 1000, true);
        change("a", 3, 1010, true);
        read("b", 1, 1030, false);
        read("b", 2, 1015, true);
        read("b", 3, 9000, true);

        assertThat(history.worst(false)).hasMillis(30);
        assertThat(history.worst(true)).hasMillis(5);
    }

    @Test
    void linesCarryEverything() {
        Read read = new Read("a", "k", 3, -5, true, 17);
        Change change = new Change("a", "k", 3, 9, false);

        assertThat(Read.parse(read.line())).isEqualTo(read);
        assertThat(Change.parse(change.line())).isEqualTo(change);
    }
}
