package io.hamster.cache;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notes uses without a lock, for the lock's next holder: striped ring buffers, one for some of the threads each. Lossy:
 * who finds a ring contended forgets the use. A single thread never does.
 *
 * <p>From Ding, Jiang and Zhang, "BP-Wrapper: A System Framework Making Any Replacement Algorithms (Almost) Lock
 * Contention Free", 2009, by way of ConcurrentLinkedHashMap and Caffeine.
 */
final class UseBuffer<T> {

    private static final int RING = 16;
    /** Counters lie this many longs apart, so that no two share a cache line. */
    private static final int SPREAD = 16;

    private final int stripes;
    private final AtomicReferenceArray<@Nullable T> rings;
    private final AtomicLongArray written;
    private final AtomicLongArray read;

    /** The id of a thread that noted a use before others did. */
    private volatile long first;

    private volatile boolean shared;

    UseBuffer(int processors) {
        this.stripes = Integer.highestOneBit(Math.max(1, processors)) * 4;
        this.rings = new AtomicReferenceArray<>(stripes * RING);
        this.written = new AtomicLongArray(stripes * SPREAD);
        this.read = new AtomicLongArray(stripes * SPREAD);
    }

    /** Whether threads other than the first one use it; called by each before it notes a use. */
    boolean isShared() {
        if (!shared) {
            long current = Thread.currentThread().getId();
            if (first == 0) {
                first = current;
            }
            shared = first != current;
        }
        return shared;
    }

    /**
     * Notes a use.
     *
     * @return {@code false} if the ring is full: it should be drained first
     */
    boolean offer(T used) {
        int stripe = stripe();
        int counter = stripe * SPREAD;
        long position = written.get(counter);
        if (position - read.get(counter) >= RING) {
            return false;
        }
        if (written.compareAndSet(counter, position, position + 1)) {
            rings.setRelease(stripe * RING + (int) (position & (RING - 1)), used);
        }
        return true;
    }

    /** Takes out what was noted, each stripe in its order. One thread at a time. */
    void drainTo(Consumer<T> action) {
        for (int stripe = 0; stripe < stripes; stripe++) {
            int counter = stripe * SPREAD;
            long end = written.get(counter);
            long position = read.get(counter);
            while (position < end) {
                int index = stripe * RING + (int) (position & (RING - 1));
                T used = rings.getAcquire(index);
                if (used == null) {
                    // Its place is taken, but it isn't there yet; the next drain finds it.
                    break;
                }
                rings.setRelease(index, null);
                action.accept(used);
                position++;
            }
            read.setRelease(counter, position);
        }
    }

    private int stripe() {
        int hash = (int) Thread.currentThread().getId() * 0x9E3779B9;
        return hash >>> 16 & (stripes - 1);
    }
}
