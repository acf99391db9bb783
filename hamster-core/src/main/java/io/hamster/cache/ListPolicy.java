package io.hamster.cache;

import org.jspecify.annotations.Nullable;

/**
 * FIFO and LRU: a list in order of insertion, whose entries move to its end when they are used, or don't.
 *
 * <p>What is used by several threads is marked only and moves when its turn to be evicted has come, to where its mark
 * tells: lazily as in CLOCK, but by more than one bit, as in Linux's multi-generational LRU.
 */
final class ListPolicy<K, V> implements EvictionPolicy<K, V> {

    /** A generation ends when more entries than all, shifted by this, were put: a sixty-fourth of them. */
    private static final int PART = 6;

    /** So many are moved to where their marks tell for one eviction, which mustn't take for ever. */
    private static final int MOVES = 1024;

    private static final long FIRST = 4;

    private final boolean movesOnUse;
    private final NodeList<K, V> list = new NodeList<>();

    /**
     * An even number, which marks tell. What is marked with it comes into the list by it, and what was put while it
     * lasted, which counts as later, by the odd one that follows. None ends as long as no marks are asked for.
     */
    private long generation = FIRST;

    private int movedInGeneration;

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
    public int mark() {
        return movesOnUse ? (int) generation : OrderedNode.UNMARKED;
    }

    @Override
    public void endGeneration() {
        list.endSection(generation + 1);
        generation += 2;
        if (mark() == OrderedNode.UNMARKED) {
            generation += 2;
        }
        movedInGeneration = 0;
    }

    @Override
    public void added(OrderedNode<K, V> node) {
        list.append(node, generation + 1);
        if (movesOnUse) {
            // Not with this generation's: its first use is to be seen.
            node.used = (int) (generation - 2);
        }
        moved();
    }

    @Override
    public void used(OrderedNode<K, V> node) {
        if (movesOnUse && !list.isLast(node)) {
            list.moveToEnd(node, generation + 1);
            moved();
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
    }

    @Override
    public @Nullable OrderedNode<K, V> victim() {
        OrderedNode<K, V> oldest = null;
        for (int moves = 0; moves < MOVES; moves++) {
            OrderedNode<K, V> first = list.first();
            if (first == null || !movesToItsMark(first)) {
                return first;
            }
            if (oldest == null || list.generation(first) < list.generation(oldest)) {
                oldest = first;
            }
        }
        return oldest;
    }

    private boolean movesToItsMark(OrderedNode<K, V> node) {
        long used = generation - Integer.toUnsignedLong(mark() - node.used);
        if (used <= list.generation(node)) {
            return false;
        }
        list.moveTo(node, used);
        return true;
    }

    private void moved() {
        movedInGeneration++;
        if (generation != FIRST && movedInGeneration > list.size() >> PART) {
            endGeneration();
        }
    }
}
