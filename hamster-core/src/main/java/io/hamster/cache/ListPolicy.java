package io.hamster.cache;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** FIFO and LRU: a list in order of insertion, whose entries move to its end when they are used, or don't. */
final class ListPolicy<K, V> implements EvictionPolicy<K, V> {

    /** The newest quarter is fresh. */
    private static final int FRESH = 2;

    /** What is fresh is told anew after that part of all entries has moved. */
    private static final int NEWS = 6;

    /** Keeps what all threads read out of the cache lines of what the lock's holder writes all the time. */
    private static final int APART = 16;

    private final boolean movesOnUse;
    private @Nullable OrderedNode<K, V> first;
    private @Nullable OrderedNode<K, V> last;
    private long size;
    private long moves;

    /** Whatever moved since that many moves is fresh; lags behind a little. */
    private final AtomicLongArray freshSince = new AtomicLongArray(2 * APART);

    private ListPolicy(boolean movesOnUse) {
        this.movesOnUse = movesOnUse;
    }

    static <K, V> EvictionPolicy<K, V> fifo() {
        return new ListPolicy<>(false);
    }

    static <K, V> EvictionPolicy<K, V> lru() {
        return new ListPolicy<>(true);
    }

    @Override
    public boolean countsUses() {
        return movesOnUse;
    }

    @Override
    public boolean isFresh(OrderedNode<K, V> node) {
        return node.movedAt > freshSince.getOpaque(APART);
    }

    @Override
    public void added(OrderedNode<K, V> node) {
        size++;
        node.movedAt = ++moves;
        node.previous = last;
        if (last == null) {
            first = node;
        } else {
            last.next = node;
        }
        last = node;
        tellWhatIsFresh();
    }

    private void tellWhatIsFresh() {
        long since = moves - (size >>> FRESH);
        if (since - freshSince.getPlain(APART) > size >>> NEWS) {
            freshSince.setOpaque(APART, since);
        }
    }

    @Override
    public void used(OrderedNode<K, V> node) {
        if (movesOnUse && node != last) {
            removed(node);
            added(node);
        }
    }

    @Override
    public void removed(OrderedNode<K, V> node) {
        size--;
        OrderedNode<K, V> previous = node.previous;
        OrderedNode<K, V> next = node.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previous = previous;
        }
        node.previous = null;
        node.next = null;
        tellWhatIsFresh();
    }

    @Override
    public @Nullable OrderedNode<K, V> victim() {
        return first;
    }
}
