package io.hamster.hash;

import java.util.Arrays;

/**
 * Points of a ring in the order of the circle, and the index of each one's peer. Points are kept with their sign bit
 * flipped so that signed comparison orders them as unsigned numbers. Never changed.
 */
record PointList(long[] points, int[] owners) {

    static final PointList EMPTY = new PointList(new long[0], new int[0]);

    /** In place of the new index of a peer whose points are to be dropped. */
    static final int GONE = -1;

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

    /** Whose point comes first where two peers have the same. */
    @FunctionalInterface
    interface Precedence {

        /** Whether an owner's point comes before another one's. */
        boolean isBefore(int owner, int other);
    }

    /**
     * Whether another list is so short beside this one that what lies between its points, or what a table knows of that, is
     * better copied whole.
     */
    boolean isLongBeside(PointList other) {
        return size() / MANY_TIMES >= other.size();
    }

    /**
     * Both lists' points in order. Of equal points, the one whose peer wins comes first, because a lookup stops at the
     * first.
     */
    PointList merge(PointList other, Precedence precedence) {
        if (size() == 0 || other.size() == 0) {
            return size() == 0 ? other : this;
        }
        long[] mergedPoints = new long[size() + other.size()];
        int[] mergedOwners = new int[mergedPoints.length];
        if (isLongBeside(other)) {
            mergeFew(other, precedence, mergedPoints, mergedOwners);
            return new PointList(mergedPoints, mergedOwners);
        }
        int a = 0;
        int b = 0;
        for (int i = 0; i < mergedPoints.length; i++) {
            boolean takeOther;
            if (a == size() || b == other.size()) {
                takeOther = a == size();
            } else {
                takeOther = isAfter(a, other.points[b], other.owners[b], precedence);
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

    private void mergeFew(PointList few, Precedence precedence, long[] mergedPoints, int[] mergedOwners) {
        int from = 0;
        for (int i = 0; i < few.size(); i++) {
            int to = firstAfter(few.points[i], few.owners[i], precedence, from);
            System.arraycopy(points, from, mergedPoints, from + i, to - from);
            System.arraycopy(owners, from, mergedOwners, from + i, to - from);
            mergedPoints[to + i] = few.points[i];
            mergedOwners[to + i] = few.owners[i];
            from = to;
        }
        System.arraycopy(points, from, mergedPoints, from + few.size(), size() - from);
        System.arraycopy(owners, from, mergedOwners, from + few.size(), size() - from);
    }

    private int firstAfter(long point, int owner, Precedence precedence, int from) {
        int low = from;
        int high = size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (isAfter(middle, point, owner, precedence)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private boolean isAfter(int index, long point, int owner, Precedence precedence) {
        return points[index] == point ? precedence.isBefore(owner, owners[index]) : points[index] > point;
    }

    /**
     * The points of the peers that stay, with their new indexes.
     *
     * @param newOwner by old index, the new one or {@link #GONE}
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
        return new PointList(Arrays.copyOf(keptPoints, kept), Arrays.copyOf(keptOwners, kept));
    }
}
