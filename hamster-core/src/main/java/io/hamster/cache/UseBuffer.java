package io.hamster.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * Notes uses without a lock, for the lock's next holder: those of one thread, the first that asks, each and in their order.
 * What is used is a number of 1 or more.
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

    /** Whether other threads than one have asked this. */
    boolean isShared() {
        if (!isShared) {
            long current = Thread.currentThread().getId();
            isShared = owner.get() != current && !owner.compareAndSet(NOBODY, current);
        }
        return isShared;
    }

    /**
     * Notes a use; by the thread that was the first to ask {@link #isShared()}.
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

    /** Takes out what was noted. One thread at a time. */
    void drainTo(IntConsumer action) {
        int place = drains & (ROOM - 1);
        for (int used = ring.getAcquire(place); used != NOTHING; used = ring.getAcquire(place)) {
            ring.setRelease(place, NOTHING);
            drains++;
            place = drains & (ROOM - 1);
            action.accept(used);
        }
    }
}
