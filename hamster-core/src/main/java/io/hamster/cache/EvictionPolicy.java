package io.hamster.cache;

import org.jspecify.annotations.Nullable;

/**
 * The order in which an {@link OrderedEngine} evicts. Called by one thread at a time, unless it says otherwise. Uses
 * arrive late, in their order per thread, and under contention some never do.
 */
interface EvictionPolicy<K, V> {

    /** Whether {@link #used} does anything; if not, reads aren't even noted. */
    boolean countsUses();

    /**
     * Whether a node was used so lately that another use would hardly change the order. May be wrong, for it is asked by
     * any thread at any time.
     */
    boolean isFresh(OrderedNode<K, V> node);

    void added(OrderedNode<K, V> node);

    /** Read, or given another value; {@code node} is one that was added and not removed since. */
    void used(OrderedNode<K, V> node);

    /** The same for the node that has a place now, if one has. */
    void used(int place);

    void removed(OrderedNode<K, V> node);

    /** The next to go, still in; {@code null} when there is none. */
    @Nullable
    OrderedNode<K, V> victim();
}
