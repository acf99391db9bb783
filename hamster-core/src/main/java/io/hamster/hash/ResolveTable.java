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
        this.shift = shift(list);
        this.slices = new char[1 << Long.SIZE - shift];
        this.blockShift = blockShift(list);
        this.blocks = new int[1 << Long.SIZE - blockShift];
        fillSlices(list.points(), list.owners());
        fillBlocks(list.points());
    }

    private ResolveTable(PointList list, ResolveTable before, PointList added) {
        this.list = list;
        this.shift = before.shift;
        this.slices = before.slices.clone();
        this.blockShift = before.blockShift;
        this.blocks = new int[before.blocks.length];
        shiftBlocks(before.blocks, added.points());
        refillSlices(added.points());
    }

    /**
     * The table of a longer list.
     *
     * @param merged this table's list, with every point's owner as it was, and the added points
     * @param added what was merged into it; the fewer, the less there is to do beyond copying
     */
    ResolveTable with(PointList merged, PointList added) {
        if (added.size() == 0) {
            return this;
        }
        boolean sameSize = shift(merged) == shift && blockShift(merged) == blockShift;
        return sameSize && list.isLongBeside(added) ? new ResolveTable(merged, this, added) : new ResolveTable(merged);
    }

    private static int shift(PointList list) {
        return Long.SIZE - Math.min(MAX_BITS, bits(list) + BITS_FOR_SLICES);
    }

    private static int blockShift(PointList list) {
        return Long.SIZE - Math.max(1, Math.min(MAX_BLOCK_BITS, bits(list)));
    }

    private static int bits(PointList list) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(list.size() - 1);
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
        fillAfterLast();
        for (int i = points.length - 1; i >= 0; i--) {
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

    /** Past the last point, the circle goes on with the first. */
    private void fillAfterLast() {
        int last = list.size() - 1;
        Arrays.fill(slices, slice(list.points()[last]) + 1, slices.length, entry(list.owners()[0]));
    }

    /** Only what lies between an added point and the one before it has another owner than before. */
    private void refillSlices(long[] added) {
        for (long point : added) {
            int slice = slice(point);
            int i = point(point ^ Long.MIN_VALUE);
            int gapStart = i == 0 ? 0 : slice(list.points()[i - 1]) + 1;
            if (gapStart < slice) {
                Arrays.fill(slices, gapStart, slice, entry(list.owners()[i]));
            }
            slices[slice] = SEARCH;
            if (i == 0) {
                fillAfterLast();
            }
        }
    }

    private static char entry(int owner) {
        return (char) Math.min(owner, SEARCH);
    }

    private void fillBlocks(long[] points) {
        Arrays.fill(blocks, points.length);
        for (int i = points.length - 1; i >= 0; i--) {
            blocks[block(points[i])] = i;
        }
        for (int block = blocks.length - 2; block >= 0; block--) {
            blocks[block] = Math.min(blocks[block], blocks[block + 1]);
        }
    }

    /** A block begins as many points later as were added before it. */
    private void shiftBlocks(int[] before, long[] added) {
        int from = 0;
        for (int earlier = 0; earlier <= added.length; earlier++) {
            int to = earlier == added.length ? blocks.length : block(added[earlier]) + 1;
            for (int block = from; block < to; block++) {
                blocks[block] = before[block] + earlier;
            }
            from = to;
        }
    }

    private int block(long point) {
        return (int) ((point ^ Long.MIN_VALUE) >>> blockShift);
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
