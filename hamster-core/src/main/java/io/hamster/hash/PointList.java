package io.hamster.hash;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Points of a ring in the order of the circle, and the index of each one's peer. Points are kept with their sign bit
 * flipped so that signed comparison orders them as unsigned numbers. Never changed.
 */
record PointList(long[] points, int[] owners) {

    static final PointList EMPTY = new PointList(new long[0], new int[0]);

    private static final int GONE = -1;

    /** So many times longer than one merged into it, a list has what lies between that one's points copied whole. */
    private static final int MANY_TIMES = 16;

    int size() {
        return points.length;
    }

    /** One peer's points, which are hashes left-aligned to 64 bits. */
    static PointList ofPeer(long[] aligned, int owner) {
        long[] points = new long[aligned.length];
        for (int i = 0; i < points.length; i++) {
            points[i] = aligned[i] ^ Long.MIN_VALUE;
        }
        Arrays.sort(points);
        int[] owners = new int[points.length];
        Arrays.fill(owners, owner);
        return new PointList(points, owners);
    }

    /**
     * Both lists' points in order. Of equal points, the one whose peer wins comes first, because a lookup stops at the
     * first.
     */
    PointList merge(PointList other, boolean smallerOwnerFirst) {
        if (size() == 0 || other.size() == 0) {
            return size() == 0 ? other : this;
        }
        long[] mergedPoints = new long[size() + other.size()];
        int[] mergedOwners = new int[mergedPoints.length];
        if (size() / MANY_TIMES >= other.size()) {
            mergeFew(other, smallerOwnerFirst, mergedPoints, mergedOwners);
            return new PointList(mergedPoints, mergedOwners);
        }
        int a = 0;
        int b = 0;
        for (int i = 0; i < mergedPoints.length; i++) {
            boolean takeOther;
            if (a == size() || b == other.size()) {
                takeOther = a == size();
            } else {
                takeOther = isAfter(a, other.points[b], other.owners[b], smallerOwnerFirst);
            }
            if (takeOther) {
                mergedPoints[i] = other.points[b];
                mergedOwners[i] = other.owners[b++];
            } else {
                mergedPoints[i] = points[a];
                mergedOwners[i] = owners[a++];
            }
        }
        return new PointList(mergedPoints, mergedOwners);
    }

    private void mergeFew(PointList few, boolean smallerOwnerFirst, long[] mergedPoints, int[] mergedOwners) {
        int from = 0;
        for (int i = 0; i < few.size(); i++) {
            int to = firstAfter(few.points[i], few.owners[i], smallerOwnerFirst, from);
            System.arraycopy(points, from, mergedPoints, from + i, to - from);
            System.arraycopy(owners, from, mergedOwners, from + i, to - from);
            mergedPoints[to + i] = few.points[i];
            mergedOwners[to + i] = few.owners[i];
            from = to;
        }
        System.arraycopy(points, from, mergedPoints, from + few.size(), size() - from);
        System.arraycopy(owners, from, mergedOwners, from + few.size(), size() - from);
    }

    private int firstAfter(long point, int owner, boolean smallerOwnerFirst, int from) {
        int low = from;
        int high = size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (isAfter(middle, point, owner, smallerOwnerFirst)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private boolean isAfter(int index, long point, int owner, boolean smallerOwnerFirst) {
        return points[index] == point ? owners[index] > owner == smallerOwnerFirst : points[index] > point;
    }

    /**
     * The points of the peers that stay, with their new indexes.
     *
     * @param newOwner by old index, the new one or {@code -1} to drop the peer's points; keeps the order of those that
     *     stay
     */
    PointList reowned(int[] newOwner) {
        if (IntStream.of(newOwner).noneMatch(owner -> owner == GONE)) {
            return new PointList(
                    points, IntStream.of(owners).map(owner -> newOwner[owner]).toArray());
        }
        long[] keptPoints = new long[size()];
        int[] keptOwners = new int[size()];
        int kept = 0;
        for (int i = 0; i < owners.length; i++) {
            int owner = newOwner[owners[i]];
            if (owner != GONE) {
                keptPoints[kept] = points[i];
                keptOwners[kept++] = owner;
            }
        }
        return new PointList(Arrays.copyOf(keptPoints, kept), Arrays.copyOf(keptOwners, kept));
    }
}
