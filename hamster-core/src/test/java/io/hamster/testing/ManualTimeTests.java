package io.hamster.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManualTimeTests {

    private final ManualTime time = new ManualTime();
    private final ScheduledExecutorService scheduler = time.scheduler();
    private final List<String> ran = new ArrayList<>();

    @Test
    void standsStillUntilAdvanced() {
        long nanos = time.nanoTime();
        Instant instant = time.instant();

        assertThat(time.nanoTime()).isEqualTo(nanos);
        time.advance(Duration.ofMillis(5));

        assertThat(time.nanoTime() - nanos).isEqualTo(5_000_000);
        assertThat(time.instant()).isEqualTo(instant.plusMillis(5));
    }

    @Test
    void runsTasksInOrderOfTheirDueTimesAndAtThem() {
        scheduler.schedule(() -> note("second"), 2, TimeUnit.SECONDS);
        scheduler.schedule(() -> note("first"), 1, TimeUnit.SECONDS);
        scheduler.schedule(() -> note("too late"), 4, TimeUnit.SECONDS);

        time.advance(Duration.ofSeconds(3));

        assertThat(ran).containsExactly("first@1", "second@2");
        assertThat(time.pendingTasks()).isOne();
    }

    @Test
    void runsPeriodicTasksOncePerPeriodUntilCancelled() {
        ScheduledFuture<?> periodic = scheduler.scheduleAtFixedRate(() -> note("tick"), 1, 2, TimeUnit.SECONDS);

        time.advance(Duration.ofSeconds(5));
        periodic.cancel(false);
        time.advance(Duration.ofSeconds(5));

        assertThat(ran).containsExactly("tick@1", "tick@3", "tick@5");
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void runsWorkThatIsDueAtOnceOnTheSubmittingThreadAndNestedWorkAfterIt() {
        scheduler.execute(() -> {
            scheduler.execute(() -> note("inner"));
            note("outer");
        });

        assertThat(ran).containsExactly("outer@0", "inner@0");
    }

    @Test
    void stepsTheWallClockAlone() {
        long nanos = time.nanoTime();
        Instant instant = time.instant();

        time.stepWallClock(Duration.ofHours(-1));

        assertThat(time.nanoTime()).isEqualTo(nanos);
        assertThat(time.instant()).isEqualTo(instant.minusSeconds(3600));
    }

    @Test
    void refusesToGoBackAndToTakeWorkAfterShutdown() {
        assertThatIllegalArgumentException().isThrownBy(() -> time.advance(Duration.ofNanos(-1)));

        scheduler.shutdownNow();

        assertThatThrownBy(() -> scheduler.execute(() -> note("never"))).isInstanceOf(RejectedExecutionException.class);
    }

    private void note(String what) {
        ran.add(what + "@" + TimeUnit.NANOSECONDS.toSeconds(time.nanoTime()));
    }
}
