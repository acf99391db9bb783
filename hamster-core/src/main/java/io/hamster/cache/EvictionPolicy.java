package io.hamster.cache;

import org.jspecify.annotations.Nullable;

/**
 * The order in which an {@link OrderedEngine} evicts. Called by one thread at a time.
 *
 * <p>Of uses it is either told, one after the other, by {@link #used}; or nodes bear the generation in which they were
 * used last, and those of one generation have no order among them.
 */
interface EvictionPolicy<K, V> {

    /**
     * What to mark nodes with that are used now: the lower half of the generation's number, or always
     * {@link OrderedNode#UNMARKED} if uses change nothing.
     */
    int mark();

    /** Ends the generation: later uses count as later. */
    void endGeneration();

    /** Takes a node in and, if uses count, marks it with the generation before, so that its first use is seen. */
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
