package io.hamster.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A linked list of nodes whose links are numbers of places, not references: moving a node tells the garbage collector
 * nothing, and leaves the nodes, which others read, in their processors' caches. Keeps the room of the most nodes that it
 * had, as the map beside it does. For one thread at a time.
 *
 * <p>The list may be cut into sections, one for each generation, in their order; behind them is what belongs to none yet.
 * There are {@value #SECTIONS} at most: when more are needed, every second one becomes part of the one behind it, so that
 * the older generations are, the more of them share one.
 */
final class NodeList<K, V> {

    /** So many sections at most. */
    static final int SECTIONS = 64;

    /** Before the first and after the last. */
    private static final int ENDS = 0;

    /** The first place for a node; those before it are for the ends of sections. */
    private static final int FIRST = 1 + SECTIONS;

    private int[] previous = new int[FIRST + 16];
    private int[] next = new int[FIRST + 16];
    private @Nullable OrderedNode<K, V>[] nodes = places(FIRST + 16);

    /** The generation that a node's place in the list tells of. */
    private long[] told = new long[FIRST + 16];

    /** The generations of the sections, ascending. */
    private final long[] generations = new long[SECTIONS];

    /** The places that end the sections, without a node; behind those, the places that are free for it. */
    private final int[] ends = new int[SECTIONS];

    private int sections;

    /** The first of the places that were left, linked by {@link #next}; {@link #ENDS} if there is none. */
    private int left = ENDS;

    /** How many places were ever taken, those without nodes among them. */
    private int taken = FIRST;

    private int size;

    NodeList() {
        Arrays.setAll(ends, section -> section + 1);
    }

    int size() {
        return size;
    }

    @Nullable
    OrderedNode<K, V> first() {
        while (sections > 0 && next[ENDS] == ends[0]) {
            joinToNext(0);
        }
        return nodes[next[ENDS]];
    }

    /** The node that has a place; {@code null} if it has left. */
    @Nullable
    OrderedNode<K, V> at(int place) {
        return nodes[place];
    }

    /** The generation that was told when the node was put where it is. */
    long generation(OrderedNode<K, V> node) {
        return told[node.place];
    }

    boolean isLast(OrderedNode<K, V> node) {
        return previous[ENDS] == node.place;
    }

    void append(OrderedNode<K, V> node, long generation) {
        int place = left;
        if (place == ENDS) {
            makeRoom();
            place = taken++;
        } else {
            left = next[place];
        }
        nodes[place] = node;
        node.place = place;
        told[place] = generation;
        size++;
        linkBefore(ENDS, place);
    }

    /** Moves a node behind all others, to what belongs to no section yet. */
    void moveToEnd(OrderedNode<K, V> node, long generation) {
        unlink(node.place);
        told[node.place] = generation;
        linkBefore(ENDS, node.place);
    }

    /** Moves a node to the end of its generation's section; if there is none, to one made before all that is younger. */
    void moveTo(OrderedNode<K, V> node, long generation) {
        unlink(node.place);
        told[node.place] = generation;
        int section = Arrays.binarySearch(generations, 0, sections, generation);
        if (section < 0) {
            makeRoomForSection();
            section = -1 - Arrays.binarySearch(generations, 0, sections, generation);
            addSection(section, generation, next[section == 0 ? ENDS : ends[section - 1]]);
        }
        linkBefore(ends[section], node.place);
    }

    /** Makes a section of what belongs to none, if there is anything; {@code generation} is younger than all others. */
    void endSection(long generation) {
        if (nodes[previous[ENDS]] != null) {
            makeRoomForSection();
            addSection(sections, generation, ENDS);
        }
    }

    void remove(OrderedNode<K, V> node) {
        int place = node.place;
        unlink(place);
        nodes[place] = null;
        next[place] = left;
        left = place;
        size--;
    }

    private void addSection(int section, long generation, int before) {
        int end = ends[sections];
        System.arraycopy(ends, section, ends, section + 1, sections - section);
        System.arraycopy(generations, section, generations, section + 1, sections - section);
        ends[section] = end;
        generations[section] = generation;
        sections++;
        linkBefore(before, end);
    }

    private void makeRoomForSection() {
        if (sections == SECTIONS) {
            for (int section = SECTIONS - 2; section >= 0; section -= 2) {
                joinToNext(section);
            }
        }
    }

    private void joinToNext(int section) {
        int end = ends[section];
        unlink(end);
        sections--;
        System.arraycopy(ends, section + 1, ends, section, sections - section);
        System.arraycopy(generations, section + 1, generations, section, sections - section);
        ends[sections] = end;
    }

    private void linkBefore(int after, int place) {
        int before = previous[after];
        previous[place] = before;
        next[place] = after;
        next[before] = place;
        previous[after] = place;
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
            long[] moreTold = Arrays.copyOf(told, room);
            nodes = Arrays.copyOf(nodes, room);
            previous = morePrevious;
            next = moreNext;
            told = moreTold;
        }
    }

    @SuppressWarnings("unchecked")
    private static <K, V> @Nullable OrderedNode<K, V>[] places(int count) {
        return (OrderedNode<K, V>[]) new OrderedNode<?, ?>[count];
    }
}
