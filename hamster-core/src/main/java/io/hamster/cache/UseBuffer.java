package io.hamster.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * Notes uses without a lock, for the lock's next holder: those of one thread, the first that asks, in their order, and as
 * long as there is room. What is used is a number of 1 or more.
 *
 * <p>From Ding, Jiang and Zhang, "BP-Wrapper: A System Framework Making Any Replacement Algorithms (Almost) Lock
 * Contention Free", 2009, by way of ConcurrentLinkedHashMap and Caffeine.
 */
final class UseBuffer {

    private static final int ROOM = 16;
    private static final int NOTHING = 0;
    private static final long NOBODY = 0;

    private final AtomicIntegerArray ring = new AtomicIntegerArray(ROOM);
    private final AtomicLong owner = new AtomicLong(NOBODY);

    /** Where the owner notes next. */
    private int notes;

    /** Where is drained next; guarded by the caller's lock. */
    private int drains;

    private volatile boolean isShared;

    /** Whether the calling thread is the first that asks this, whose uses are noted here. */
    boolean isOwn() {
        long current = Thread.currentThread().getId();
        if (owner.get() == current || owner.compareAndSet(NOBODY, current)) {
            return true;
        }
        isShared = true;
        return false;
    }

    /** Whether other threads have asked {@link #isOwn()}, too. */
    boolean isShared() {
        return isShared;
    }

    /**
     * Notes a use; by the thread whose own it is.
     *
     * @return {@code false} if there is no room: it should be drained first
     */
    boolean offer(int used) {
        int place = notes & (ROOM - 1);
        if (ring.getAcquire(place) != NOTHING) {
            return false;
        }
        ring.setRelease(place, used);
        notes++;
        return true;
    }

    /** Takes out what was noted before. One thread at a time. */
    void drainTo(IntConsumer action) {
        // No more than that: the owner may note as fast as is drained.
        for (int taken = 0; taken < ROOM; taken++) {
            int place = drains & (ROOM - 1);
            int used = ring.getAcquire(place);
            if (used == NOTHING) {
                return;
            }
            ring.setRelease(place, NOTHING);
            drains++;
            action.accept(used);
        }
    }
}
