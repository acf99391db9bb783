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
    private final NodeList<K, V> list = new NodeList<>();

    /** How often anything was put at the list's end, and, far from it, the number after which what was is fresh. */
    private final AtomicLongArray moves = new AtomicLongArray(3 * APART);

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
        return node.movedAt > moves.getOpaque(2 * APART);
    }

    @Override
    public void added(OrderedNode<K, V> node) {
        list.append(node);
        moved(node);
    }

    @Override
    public void used(OrderedNode<K, V> node) {
        if (movesOnUse && !list.isLast(node)) {
            list.moveToEnd(node);
            moved(node);
        }
    }

    @Override
    public void used(int place) {
        OrderedNode<K, V> node = list.at(place);
        if (node != null) {
            used(node);
        }
    }

    @Override
    public void removed(OrderedNode<K, V> node) {
        list.remove(node);
        tellWhatIsFresh(moves.getPlain(0));
    }

    @Override
    public @Nullable OrderedNode<K, V> victim() {
        return list.first();
    }

    private void moved(OrderedNode<K, V> node) {
        long now = moves.getPlain(0) + 1;
        moves.setPlain(0, now);
        node.movedAt = now;
        tellWhatIsFresh(now);
    }

    private void tellWhatIsFresh(long now) {
        int size = list.size();
        int news = size >>> NEWS;
        // Until it is told anew, that many more become fresh: a quarter then, and never more.
        long since = now - (size >>> FRESH) + news;
        if (since - moves.getPlain(2 * APART) > news) {
            moves.setOpaque(2 * APART, since);
        }
    }
}
