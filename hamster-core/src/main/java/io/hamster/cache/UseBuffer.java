package io.hamster.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;

/**
 * Notes uses without a lock, for the lock's next holder: striped ring buffers, one for some of the threads each. Lossy:
 * who finds a ring contended forgets the use. A single thread never does. What is used is a number of 1 or more.
 *
 * <p>Of several threads one drains, for the others too: what is moved by it then stays in its processor's cache. Others
 * whose rings are full meanwhile forget their uses, and one that has to do so too often takes its place: the one that notes
 * the most, in the end.
 *
 * <p>From Ding, Jiang and Zhang, "BP-Wrapper: A System Framework Making Any Replacement Algorithms (Almost) Lock
 * Contention Free", 2009, by way of ConcurrentLinkedHashMap and Caffeine.
 */
final class UseBuffer {

    private static final int RING = 16;
    /**
     * Stripes begin this many places apart, and as far from their array's length: none shares a cache line with
     * another, or with what every thread reads.
     */
    private static final int SPREAD = 3 * RING;

    private static final int READ = 1;
    private static final int MISSED = 2;

    /** So many stripes are drained at once, in turn. */
    private static final int TURN = 8;

    /** So many uses a thread misses before it drains in place of the one that does. */
    private static final int PATIENCE = 2 * RING;

    private static final int NOTHING = 0;

    private final int stripes;
    private final int shift;
    private final AtomicIntegerArray rings;

    /**
     * How many uses of a stripe were ever noted; {@link #READ} further on, how many of them were taken out, and
     * {@link #MISSED} further on, how many found it full. Before all of them, the stripe whose turn to be drained is next.
     */
    private final AtomicLongArray counters;

    /** The id of the thread that drains, 0 if none has yet. */
    private volatile long drainer;

    /** The id of a thread that noted a use before others did. */
    private volatile long first;

    private volatile boolean shared;

    UseBuffer(int processors) {
        this.stripes = Integer.highestOneBit(Math.max(1, processors)) * 4;
        this.shift = Integer.SIZE - Integer.numberOfTrailingZeros(stripes);
        this.rings = new AtomicIntegerArray((stripes + 2) * SPREAD);
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
    boolean offer(int used) {
        int start = start(stripe(Thread.currentThread().getId()));
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
    void drainTo(IntConsumer action) {
        for (int stripe = 0; stripe < stripes; stripe++) {
            drain(stripe, action);
        }
    }

    /** Whether this thread, which has found its ring full, is the one to drain, or that one doesn't come. */
    boolean mayDrain() {
        if (!shared) {
            return true;
        }
        long current = Thread.currentThread().getId();
        long known = drainer;
        if (known == current) {
            return true;
        }
        int missed = start(stripe(current)) + MISSED;
        long misses = counters.getPlain(missed) + 1;
        boolean takesOver = known == 0 || misses >= PATIENCE;
        counters.setPlain(missed, takesOver ? 0 : misses);
        if (takesOver) {
            drainer = current;
        }
        return takesOver;
    }

    /** Takes out what this thread noted, and what some others did, in turn. One thread at a time. */
    void drainOwnTo(IntConsumer action) {
        drain(stripe(Thread.currentThread().getId()), action);
        if (!shared) {
            return;
        }
        int next = (int) counters.getPlain(0);
        for (int i = 0; i < Math.min(TURN, stripes); i++) {
            drain(next, action);
            next = (next + 1) % stripes;
        }
        counters.setPlain(0, next);
    }

    private void drain(int stripe, IntConsumer action) {
        int start = start(stripe);
        long end = counters.get(start);
        long position = counters.get(start + READ);
        while (position < end) {
            int index = start + (int) (position & (RING - 1));
            int used = rings.getAcquire(index);
            if (used == NOTHING) {
                // Its place is taken, but it isn't there yet; the next drain finds it.
                break;
            }
            rings.setRelease(index, NOTHING);
            action.accept(used);
            position++;
        }
        counters.setRelease(start + READ, position);
    }

    private static int start(int stripe) {
        return (stripe + 1) * SPREAD;
    }

    /** By the upper bits of the product, which keep the ids of threads made one after the other farthest apart. */
    int stripe(long threadId) {
        return (int) threadId * 0x9E3779B9 >>> shift;
    }
}
