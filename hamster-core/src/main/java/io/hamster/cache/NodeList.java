package io.hamster.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A linked list of nodes whose links are numbers of places, not references: moving a node tells the garbage collector
 * nothing, and leaves the nodes, which others read, in their processors' caches. Keeps the room of the most nodes that it
 * had, as the map beside it does. For one thread at a time.
 *
 * <p>The list may be cut into sections, one for each generation, in their order; behind them is what belongs to none yet.
 * There are {@value #SECTIONS} at most: when more are needed, the two neighbours become one whose span is the least beside
 * their age, so that generations are told apart to a part of their age.
 */
final class NodeList<K, V> {

    /** So many sections at most. */
    static final int SECTIONS = 128;

    /** Before the first and after the last. */
    private static final int ENDS = 0;

    /** The first place for a node; those before it are for the ends of sections. */
    private static final int FIRST = 1 + SECTIONS;

    private int[] previous = new int[FIRST + 16];
    private int[] next = new int[FIRST + 16];
    private @Nullable OrderedNode<K, V>[] nodes = places(FIRST + 16);

    /** The generation that a node's place in the list tells of. */
    private long[] told = new long[FIRST + 16];

    /** The first and the last generation of each section, ascending. */
    private final long[] firsts = new long[SECTIONS];

    private final long[] lasts = new long[SECTIONS];

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
            dropSection(0);
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
        int section = section(generation);
        if (section == sections || firsts[section] > generation) {
            makeRoomForSection();
            section = section(generation);
        }
        if (section == sections || firsts[section] > generation) {
            addSection(section, generation, next[section == 0 ? ENDS : ends[section - 1]]);
        }
        linkBefore(ends[section], node.place);
    }

    /** The first section that isn't older, or how many there are. */
    private int section(long generation) {
        int found = Arrays.binarySearch(lasts, 0, sections, generation);
        return found < 0 ? -1 - found : found;
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
        moveSections(section, section + 1, sections - section);
        ends[section] = end;
        firsts[section] = generation;
        lasts[section] = generation;
        sections++;
        linkBefore(before, end);
    }

    private void makeRoomForSection() {
        if (sections < SECTIONS) {
            return;
        }
        for (int section = sections - 1; section >= 0; section--) {
            if (previous[ends[section]] == (section == 0 ? ENDS : ends[section - 1])) {
                dropSection(section);
            }
        }
        if (sections == SECTIONS) {
            joinToNext(mostAlike());
        }
    }

    /** The section that is to be told from the next the least. */
    private int mostAlike() {
        long youngest = lasts[sections - 1];
        int mostAlike = 0;
        double least = Double.MAX_VALUE;
        for (int section = 0; section < sections - 1; section++) {
            double span = lasts[section + 1] - firsts[section];
            double part = span / (youngest - lasts[section + 1] + 1);
            if (part < least) {
                least = part;
                mostAlike = section;
            }
        }
        return mostAlike;
    }

    private void joinToNext(int section) {
        firsts[section + 1] = firsts[section];
        dropSection(section);
    }

    /** Only the end; what is left of the section belongs to the next. */
    private void dropSection(int section) {
        int end = ends[section];
        unlink(end);
        sections--;
        moveSections(section + 1, section, sections - section);
        ends[sections] = end;
    }

    private void moveSections(int from, int to, int count) {
        System.arraycopy(ends, from, ends, to, count);
        System.arraycopy(firsts, from, firsts, to, count);
        System.arraycopy(lasts, from, lasts, to, count);
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
