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
    /**
     * Stripes begin this many places apart, and as far from their array's length: none shares a cache line with
     * another, or with what every thread reads.
     */
    private static final int SPREAD = 3 * RING;

    private static final int READ = 1;

    private final int stripes;
    private final AtomicReferenceArray<@Nullable T> rings;
    /** How many uses of a stripe were ever noted; {@link #READ} places on, how many of them were taken out. */
    private final AtomicLongArray counters;

    /** The id of a thread that noted a use before others did. */
    private volatile long first;

    private volatile boolean shared;

    UseBuffer(int processors) {
        this.stripes = Integer.highestOneBit(Math.max(1, processors)) * 4;
        this.rings = new AtomicReferenceArray<>((stripes + 2) * SPREAD);
        this.counters = new AtomicLongArray((stripes + 2) * SPREAD);
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
        int start = start(ownStripe());
        long position = counters.get(start);
        if (position - counters.get(start + READ) >= RING) {
            return false;
        }
        if (counters.compareAndSet(start, position, position + 1)) {
            rings.setRelease(start + (int) (position & (RING - 1)), used);
        }
        return true;
    }

    /** Takes out what was noted, each stripe in its order. One thread at a time. */
    void drainTo(Consumer<T> action) {
        for (int stripe = 0; stripe < stripes; stripe++) {
            drain(stripe, action);
        }
    }

    /** Takes out what this thread noted, and leaves the others' stripes in their processors' caches. One at a time. */
    void drainOwnTo(Consumer<T> action) {
        drain(ownStripe(), action);
    }

    private void drain(int stripe, Consumer<T> action) {
        int start = start(stripe);
        long end = counters.get(start);
        long position = counters.get(start + READ);
        while (position < end) {
            int index = start + (int) (position & (RING - 1));
            T used = rings.getAcquire(index);
            if (used == null) {
                // Its place is taken, but it isn't there yet; the next drain finds it.
                break;
            }
            rings.setRelease(index, null);
            action.accept(used);
            position++;
        }
        counters.setRelease(start + READ, position);
    }

    private static int start(int stripe) {
        return (stripe + 1) * SPREAD;
    }

    private int ownStripe() {
        int hash = (int) Thread.currentThread().getId() * 0x9E3779B9;
        return hash >>> 16 & (stripes - 1);
    }
}
