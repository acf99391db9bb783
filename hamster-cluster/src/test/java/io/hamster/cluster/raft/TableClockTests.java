package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TableClockTests {

    private static final long MAX_AGE = Duration.ofSeconds(2).toNanos();
    private static final long HEARD = Duration.ofHours(5).toNanos();

    private final ManualTime time = new ManualTime();
    private final TableClock clock = new TableClock(time, Duration.ofNanos(MAX_AGE));

    @Test
    void goesOnFromTheNewestEntryThatItHeardOf() {
        clock.heard(HEARD);
        time.advance(Duration.ofSeconds(3));
        clock.heard(HEARD - 1);

        assertThat(clock.now()).isEqualTo(HEARD + Duration.ofSeconds(3).toNanos());
        assertThat(clock.nextStamp()).isEqualTo(clock.now() + MAX_AGE);
    }

    @Test
    void stampsInTheOrderOfCallsWhateverItHears() {
        clock.heard(HEARD);
        time.advance(Duration.ofSeconds(20));
        long first = clock.nextStamp();
        clock.heard(HEARD + 1);

        assertThat(clock.nextStamp()).isEqualTo(first + 1);
    }

    @Test
    void doesNotStampFarBeyondWhatItHeard() {
        clock.heard(HEARD);
        time.advance(Duration.ofHours(1));

        assertThat(clock.nextStamp()).isLessThan(HEARD + Duration.ofMinutes(1).toNanos());
        assertThat(clock.now()).isEqualTo(HEARD + Duration.ofHours(1).toNanos());
    }

    @Test
    void exceedsAStampThatWasRefused() {
        clock.heard(HEARD);
        long refused = clock.nextStamp() + 1000;

        clock.refused(refused);

        assertThat(clock.nextStamp()).isGreaterThan(refused + MAX_AGE);
    }

    @Test
    void goesBackToATableThatBeganAnew() {
        clock.heard(HEARD);
        clock.nextStamp();
        clock.forget();
        clock.heard(1000);

        clock.refused(1000);

        assertThat(clock.nextStamp()).isBetween(1000 + MAX_AGE, 1001 + MAX_AGE);
    }

    @Test
    void takesEverythingForDueAsLongAsItKnowsNothing() {
        assertThat(clock.now()).isEqualTo(Deadlines.NEVER);

        clock.heard(HEARD);
        assertThat(clock.now()).isEqualTo(HEARD);
        clock.forget();
        assertThat(clock.now()).isEqualTo(Deadlines.NEVER);
    }

    @Test
    void stampsAfterItForgotAsWell() {
        clock.heard(HEARD);
        long before = clock.nextStamp();

        clock.forget();

        assertThat(clock.nextStamp()).isGreaterThan(before);
    }
}
