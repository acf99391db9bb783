package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import java.nio.ByteBuffer;

/**
 * The log's own time, in nanoseconds since its first entry, not counting while nobody leads. Only a leader looks at its
 * clock, and only at how far it went on since it began to lead, from the last stamp on.
 */
final class TableTime {

    private final TimeSource clock;
    private volatile long applied;
    /** Where the stamps of {@link #term} began; all three are guarded by the log's own write lock. */
    private long term = -1;

    private long from;
    private long began;

    TableTime(TimeSource clock) {
        this.clock = clock;
    }

    /**
     * Stamps an entry that is about to be appended. Nothing is appended in a term before all entries of earlier ones
     * were applied, so that the time goes on from the last of them.
     */
    void stamp(ByteBuffer entry, int at, long currentTerm) {
        long now = clock.nanoTime();
        if (term != currentTerm) {
            term = currentTerm;
            from = applied;
            began = now;
        }
        entry.putLong(at, from + (now - began));
    }

    /** An entry's time once it is applied, never less than that of the one before. */
    long apply(long stamp) {
        long time = Math.max(applied, stamp);
        applied = time;
        return time;
    }

    long applied() {
        return applied;
    }

    void restore(long time) {
        applied = time;
    }
}
