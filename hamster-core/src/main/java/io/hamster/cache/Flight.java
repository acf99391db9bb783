package io.hamster.cache;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One load of one key. Later callers join it while it is in the flight table and still current. */
final class Flight<V> {

    final LoadGraph.Run run;
    final Origin origin;
    /** Tags known beforehand; more may turn up with the value. */
    final Set<String> knownTags;

    private final Followers<Outcome<V>> settled = new Followers<>();
    private final Followers<Optional<Outcome<V>>> soon = new Followers<>();
    private volatile @Nullable Future<?> softTimer;
    private volatile @Nullable Future<?> hardTimer;
    private volatile boolean overdue;

    /** What was cached when it began, and didn't do. */
    volatile @Nullable Slot<V> replaces;

    Flight(LoadGraph.Run run, Origin origin, Set<String> knownTags) {
        this.run = run;
        this.origin = origin;
        this.knownTags = knownTags;
    }

    /** Happens when the load has ended or passed its hard timeout. */
    Followers<Outcome<V>> settled() {
        return settled;
    }

    /** Happens like {@link #settled}, or is empty at the soft timeout if that comes first. */
    Followers<Optional<Outcome<V>>> soon() {
        return soon;
    }

    boolean isOverdue() {
        return overdue;
    }

    /** Starts the clocks that are more than zero, in nanoseconds. */
    void watch(ScheduledExecutorService scheduler, long softTimeout, long hardTimeout, Runnable passHardTimeout) {
        if (softTimeout > 0) {
            softTimer = scheduler.schedule(() -> soon.happen(Optional.empty()), softTimeout, TimeUnit.NANOSECONDS);
        }
        if (hardTimeout > 0) {
            hardTimer = scheduler.schedule(passHardTimeout, hardTimeout, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Lets nobody wait or join any longer.
     *
     * @return {@code false} if it had ended
     */
    boolean passHardTimeout() {
        overdue = true;
        return settle(new Outcome.Overdue<>(false));
    }

    /**
     * Tells those who wait.
     *
     * @return {@code false} if they have been told something before
     */
    boolean settle(Outcome<V> outcome) {
        boolean isFirst = settled.happen(outcome);
        soon.happen(Optional.of(outcome));
        cancel(softTimer);
        cancel(hardTimer);
        return isFirst;
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** How it ended, if it has. */
    @Nullable
    Outcome<V> outcome() {
        return settled.event().getNow(null);
    }
}
