package io.hamster.hash;

import java.util.Arrays;

/**
 * Points of a ring in the order of the circle, and the index of each one's peer. Points are kept with their sign bit
 * flipped so that signed comparison orders them as unsigned numbers. Never changed.
 */
record PointList(long[] points, int[] owners) {

    static final PointList EMPTY = new PointList(new long[0], new int[0]);

    private static final int GONE = -1;

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
        int a = 0;
        int b = 0;
        for (int i = 0; i < mergedPoints.length; i++) {
            boolean takeOther;
            if (a == size() || b == other.size()) {
                takeOther = a == size();
            } else if (points[a] == other.points[b]) {
                takeOther = owners[a] > other.owners[b] == smallerOwnerFirst;
            } else {
                takeOther = points[a] > other.points[b];
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

    /**
     * The points of the peers that stay, with their new indexes.
     *
     * @param newOwner by old index, the new one or {@code -1} to drop the peer's points; keeps the order of those that
     *     stay
     */
    PointList reowned(int[] newOwner) {
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
        return kept == size()
                ? new PointList(points, keptOwners)
                : new PointList(Arrays.copyOf(keptPoints, kept), Arrays.copyOf(keptOwners, kept));
    }
}
