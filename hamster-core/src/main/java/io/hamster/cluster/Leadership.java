package io.hamster.cluster;

import io.hamster.TimeSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One leadership of this node: from when it won to when it lost, resigned or let its lease run out. Once it has been
 * seen to be over it stays over; the same node leading again, even in the same term, is another leadership.
 *
 * <p>Thread-safe and free of locks. The lease is the one of Gray and Cheriton (1989), counted on the monotonic clock
 * from before the round that confirmed it, so that it ends here before another node can lead.
 */
public final class Leadership {

    private static final long OVER = Long.MIN_VALUE;

    private final long term;
    private final TimeSource time;
    private final AtomicLong deadline;

    Leadership(long term, long deadline, TimeSource time) {
        this.term = term;
        this.time = time;
        this.deadline = new AtomicLong(unlikeOver(deadline));
    }

    /**
     * The term of this leadership, to send as a fence with effects outside the cluster.
     *
     * @return the term, never below that of an earlier leader
     */
    public long term() {
        return term;
    }

    /**
     * Whether it lasts at this very moment.
     *
     * @return false from the lease's deadline on, whether or not anybody has noticed
     */
    public boolean isCurrent() {
        while (true) {
            long until = deadline.get();
            if (until == OVER) {
                return false;
            }
            if (until - time.nanoTime() > 0) {
                return true;
            }
            // Whoever sees it lapsed ends it, so that a late confirmation can't turn a false into a true.
            if (deadline.compareAndSet(until, OVER)) {
                return false;
            }
        }
    }

    /** Moves the deadline, never back; false if this leadership is over. */
    boolean extend(long later) {
        while (isCurrent()) {
            long until = deadline.get();
            if (until != OVER && (later - until <= 0 || deadline.compareAndSet(until, unlikeOver(later)))) {
                return true;
            }
        }
        return false;
    }

    void end() {
        deadline.set(OVER);
    }

    /** Nanoseconds until the deadline as it stands; not positive once over. */
    long remaining() {
        long until = deadline.get();
        return until == OVER ? 0 : until - time.nanoTime();
    }

    private static long unlikeOver(long deadline) {
        return deadline == OVER ? deadline + 1 : deadline;
    }
}
