package io.hamster.hash;

import java.util.Arrays;

/**
 * Divides the circle into equal slices by the top bits of a hash and knows for each either the one peer that owns all of
 * it, or the first point from which to search. Gives exactly what a search over all points would, in constant time:
 * with eight slices a point, seven of eight lookups end here.
 */
final class ResolveTable {

    private static final int SLICES_PER_POINT = 8;

    /** 4 MiB: beyond some 130,000 points, slices get longer instead. */
    private static final int MAX_BITS = 20;

    private static final int LINEAR_STEPS = 8;
    private static final int BLOCK = 16;

    private final PointList list;
    private final int[] slices;
    private final int shift;

    /** The list must not be empty. */
    ResolveTable(PointList list) {
        this.list = list;
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(SLICES_PER_POINT * list.size() - 1);
        this.shift = Long.SIZE - Math.min(MAX_BITS, bits);
        this.slices = new int[1 << Long.SIZE - shift];
        fill(list.points(), list.owners());
    }

    /** The owner of a hash that is left-aligned to 64 bits. */
    int owner(long aligned) {
        int entry = slices[(int) (aligned >>> shift)];
        return entry >= 0 ? entry : list.owners()[search(~entry, aligned)];
    }

    /** The first point at or after a hash that is left-aligned to 64 bits. */
    int point(long aligned) {
        return search(0, aligned);
    }

    /**
     * From the last point to the first. Each fills a whole block below its slice without looking where the next point
     * is: what that overwrites belongs to points still to come, which put it right, and most gaps end within a block.
     */
    private void fill(long[] points, int[] owners) {
        Arrays.fill(slices, slice(points[points.length - 1]) + 1, slices.length, owners[0]);
        for (int i = points.length - 1; i >= 0; i--) {
            int slice = slice(points[i]);
            int gapStart = i == 0 ? 0 : slice(points[i - 1]) + 1;
            int owner = owners[i];
            if (slice >= BLOCK) {
                for (int below = 1; below <= BLOCK; below++) {
                    slices[slice - below] = owner;
                }
            }
            int left = slice >= BLOCK ? slice - BLOCK : slice;
            if (gapStart < left) {
                Arrays.fill(slices, gapStart, left, owner);
            }
            slices[slice] = ~i;
        }
    }

    private int slice(long point) {
        return (int) ((point ^ Long.MIN_VALUE) >>> shift);
    }

    private int search(int from, long aligned) {
        long[] points = list.points();
        long wanted = aligned ^ Long.MIN_VALUE;
        int linearEnd = Math.min(points.length, from + LINEAR_STEPS);
        int i = from;
        while (i < linearEnd && points[i] < wanted) {
            i++;
        }
        if (i == linearEnd && i < points.length) {
            i = lowerBound(points, i, wanted);
        }
        return i == points.length ? 0 : i;
    }

    private static int lowerBound(long[] points, int from, long wanted) {
        int low = from;
        int high = points.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (points[middle] < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
