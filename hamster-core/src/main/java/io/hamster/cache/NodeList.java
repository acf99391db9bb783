package io.hamster.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A linked list of nodes whose links are numbers of places, not references: moving a node tells the garbage collector
 * nothing, and leaves the nodes, which others read, in their processors' caches. Keeps the room of the most nodes that it
 * had, as the map beside it does. For one thread at a time.
 */
final class NodeList<K, V> {

    /** Before the first and after the last. */
    private static final int ENDS = 0;

    private int[] previous = new int[16];
    private int[] next = new int[16];
    private @Nullable OrderedNode<K, V>[] nodes = places(16);

    /** The first of the places that were left, linked by {@link #next}; {@link #ENDS} if there is none. */
    private int left = ENDS;

    /** How many places were ever taken, that of the ends among them. */
    private int taken = 1;

    private int size;

    int size() {
        return size;
    }

    @Nullable
    OrderedNode<K, V> first() {
        return nodes[next[ENDS]];
    }

    /** The node that has a place; {@code null} if it has left. */
    @Nullable
    OrderedNode<K, V> at(int place) {
        return nodes[place];
    }

    boolean isLast(OrderedNode<K, V> node) {
        return previous[ENDS] == node.place;
    }

    void append(OrderedNode<K, V> node) {
        int place = left;
        if (place == ENDS) {
            makeRoom();
            place = taken++;
        } else {
            left = next[place];
        }
        nodes[place] = node;
        node.place = place;
        size++;
        linkLast(place);
    }

    void moveToEnd(OrderedNode<K, V> node) {
        unlink(node.place);
        linkLast(node.place);
    }

    void remove(OrderedNode<K, V> node) {
        int place = node.place;
        unlink(place);
        nodes[place] = null;
        next[place] = left;
        left = place;
        size--;
    }

    private void linkLast(int place) {
        int last = previous[ENDS];
        previous[place] = last;
        next[place] = ENDS;
        next[last] = place;
        previous[ENDS] = place;
    }

    private void unlink(int place) {
        int before = previous[place];
        int after = next[place];
        next[before] = after;
        previous[after] = before;
    }

    /** All or nothing: without memory for it, the list is as it was. */
    private void makeRoom() {
        if (taken == next.length) {
            int room = taken + (taken >> 1);
            int[] morePrevious = Arrays.copyOf(previous, room);
            int[] moreNext = Arrays.copyOf(next, room);
            nodes = Arrays.copyOf(nodes, room);
            previous = morePrevious;
            next = moreNext;
        }
    }

    @SuppressWarnings("unchecked")
    private static <K, V> @Nullable OrderedNode<K, V>[] places(int count) {
        return (OrderedNode<K, V>[]) new OrderedNode<?, ?>[count];
    }
}
