package io.hamster.hash;

import java.util.Arrays;

/**
 * Divides the circle into equal slices by the top bits of a hash and knows for each either the one peer that owns all of
 * it, or that a search is due, and for each block of slices the point from which to search. Gives exactly what a search
 * over all points would, in constant time: with eight slices a point, as up to some 130,000 points, seven of eight lookups
 * end here. Two bytes a slice, since a table that fits in a processor's second-level cache is what makes a lookup fast.
 */
final class ResolveTable {

    /** Eight slices a point, or a little more. */
    private static final int BITS_FOR_SLICES = 3;

    /** 2 MiB: beyond some 130,000 points, slices get longer instead. */
    private static final int MAX_BITS = 20;

    /** One or two blocks a point, 2 MiB at most: beyond some 520,000 points, blocks get longer instead. */
    private static final int MAX_BLOCK_BITS = 19;

    /** In place of an owner: the slice has points, or an owner whose index is this or larger. */
    private static final char SEARCH = Character.MAX_VALUE;

    private static final int LINEAR_STEPS = 8;
    private static final int FILLED_AT_ONCE = 16;

    private final PointList list;
    private final char[] slices;
    private final int shift;

    /** By the top bits of a hash, the first point at or after the beginning of its block. */
    private final int[] blocks;

    private final int blockShift;

    /** The list must not be empty. */
    ResolveTable(PointList list) {
        this.list = list;
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(list.size() - 1);
        this.shift = Long.SIZE - Math.min(MAX_BITS, bits + BITS_FOR_SLICES);
        this.slices = new char[1 << Long.SIZE - shift];
        this.blockShift = Long.SIZE - Math.max(1, Math.min(MAX_BLOCK_BITS, bits));
        this.blocks = new int[1 << Long.SIZE - blockShift];
        fillSlices(list.points(), list.owners());
        fillBlocks(list.points());
    }

    /** The owner of a hash that is left-aligned to 64 bits. */
    int owner(long aligned) {
        char entry = slices[(int) (aligned >>> shift)];
        return entry != SEARCH ? entry : list.owners()[point(aligned)];
    }

    /** The first point at or after a hash that is left-aligned to 64 bits. */
    int point(long aligned) {
        long[] points = list.points();
        long wanted = aligned ^ Long.MIN_VALUE;
        int block = (int) (aligned >>> blockShift);
        int i = blocks[block];
        int linearEnd = Math.min(points.length, i + LINEAR_STEPS);
        while (i < linearEnd && points[i] < wanted) {
            i++;
        }
        if (i == linearEnd && i < points.length) {
            int nextBlock = block + 1 < blocks.length ? blocks[block + 1] : points.length;
            i = lowerBound(points, i, nextBlock, wanted);
        }
        return i == points.length ? 0 : i;
    }

    /**
     * From the last point to the first. Each fills some slices below its own without looking where the next point
     * is: what that overwrites belongs to points still to come, which put it right, and most gaps end there.
     */
    private void fillSlices(long[] points, int[] owners) {
        int last = points.length - 1;
        Arrays.fill(slices, slice(points[last]) + 1, slices.length, entry(owners[0]));
        for (int i = last; i >= 0; i--) {
            int slice = slice(points[i]);
            int gapStart = i == 0 ? 0 : slice(points[i - 1]) + 1;
            char owner = entry(owners[i]);
            if (slice >= FILLED_AT_ONCE) {
                for (int below = 1; below <= FILLED_AT_ONCE; below++) {
                    slices[slice - below] = owner;
                }
            }
            int left = slice >= FILLED_AT_ONCE ? slice - FILLED_AT_ONCE : slice;
            if (gapStart < left) {
                Arrays.fill(slices, gapStart, left, owner);
            }
            slices[slice] = SEARCH;
        }
    }

    private static char entry(int owner) {
        return (char) Math.min(owner, SEARCH);
    }

    private void fillBlocks(long[] points) {
        Arrays.fill(blocks, points.length);
        for (int i = points.length - 1; i >= 0; i--) {
            blocks[(int) ((points[i] ^ Long.MIN_VALUE) >>> blockShift)] = i;
        }
        for (int block = blocks.length - 2; block >= 0; block--) {
            blocks[block] = Math.min(blocks[block], blocks[block + 1]);
        }
    }

    private int slice(long point) {
        return (int) ((point ^ Long.MIN_VALUE) >>> shift);
    }

    private static int lowerBound(long[] points, int from, int to, long wanted) {
        int low = from;
        int high = to;
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
