package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of the table's time, from the newest entry that it has heard of, and the stamps of its commands.
 * No more than a guess: where it is wrong, the table says so and the command is sent again. Thread-safe.
 */
final class TableClock {

    /**
     * How far beyond its last entry the table's time is guessed. It may have stood still since, while there was no
     * leader; stamps that lie far ahead would let commands come late by as much.
     */
    private static final long FORESIGHT = TimeUnit.SECONDS.toNanos(30);

    private final TimeSource time;
    private final long maxAge;
    private final AtomicReference<@Nullable Reading> newest = new AtomicReference<>();
    private final AtomicLong lastStamp = new AtomicLong();

    /**
     * Makes a clock that knows nothing.
     *
     * @param maxAge how long after it was stamped a command may be applied
     */
    TableClock(TimeSource time, Duration maxAge) {
        this.time = time;
        this.maxAge = maxAge.toNanos();
    }

    /** An entry has that table time. */
    void heard(long table) {
        Reading reading = newest.get();
        if (reading != null && table <= reading.table) {
            return;
        }
        newest.accumulateAndGet(
                new Reading(table, time.nanoTime()),
                (old, fresh) -> old != null && old.table >= fresh.table ? old : fresh);
    }

    /** The table's time as far as one can tell; {@link Deadlines#NEVER}, after all there may be, if one can't. */
    long now() {
        return newest.get() == null ? Deadlines.NEVER : guess(Deadlines.NEVER);
    }

    /** A stamp for a command that is sent now: higher than those before, so that their order can be told. */
    long nextStamp() {
        long notAfter = guess(FORESIGHT) + maxAge;
        return lastStamp.updateAndGet(last -> Math.max(last + 1, notAfter));
    }

    /** A command was refused: stamps must be higher than that one, and not much higher. */
    void refused(long stamp) {
        long next = stamp + maxAge;
        // Far ahead is what was stamped for a table that has since begun anew.
        lastStamp.updateAndGet(last -> last - LockTable.FURTHEST_STAMP > stamp ? next : Math.max(last, next));
    }

    /** The table begins anew, or goes on from another time. */
    void forget() {
        newest.set(null);
    }

    private long guess(long foresight) {
        Reading reading = newest.get();
        return reading == null ? 0 : reading.table + Math.min(time.nanoTime() - reading.here, foresight);
    }

    private record Reading(long table, long here) {}
}
