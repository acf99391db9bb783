package io.hamster.cache.bloom;

import io.hamster.cache.InvalidCachePolicyException;

/**
 * How large a Bloom filter is made. Of the numbers of hashes that reach the rate, 1 or an even one, the one that needs the
 * fewest bits is taken.
 *
 * @param expected the keys it is made for, at least 1; with more of them the rate rises
 * @param fpp the share of keys that were never added and yet seem to be there, once {@code expected} keys are; from 1e-9
 *     to 0.5
 */
public record BloomFilterConfig(long expected, double fpp) {

    /** Below this, collisions of 64-bit hashes would count. */
    private static final double MIN_FPP = 1e-9;

    /** A filter that passes more than this tells too little. */
    private static final double MAX_FPP = 0.5;

    /** As many as the lowest rate takes. */
    private static final int MAX_PAIRS = 15;

    /** Two bits of a word are both clear as often as one is, to the power of this: a pair touches either, seldom both. */
    private static final double BOTH_CLEAR =
            (1 - (Long.SIZE - 2) * (Long.SIZE - 3.0) / (Long.SIZE * (Long.SIZE - 1))) * Long.SIZE / 2;

    private static final int STEPS = 20;
    private static final double ROUNDING = 1e-12;

    /** What a {@code long[]} holds in every JVM. */
    private static final long MAX_BITS = (Integer.MAX_VALUE - 8) * (long) Long.SIZE;

    /**
     * Checks the numbers.
     *
     * @param expected the keys it is made for
     * @param fpp the share of absent keys that may seem to be there
     * @throws InvalidCachePolicyException if one is out of range or the filter would be larger than an array
     */
    public BloomFilterConfig {
        requireKeys(expected);
        if (!(fpp >= MIN_FPP && fpp <= MAX_FPP)) {
            throw new InvalidCachePolicyException("A Bloom filter's fpp is " + fpp
                    + "; it must be from 1e-9 to 0.5, such as 0.01 for one false positive in a hundred");
        }
        double bits = bitsNeeded(expected, fpp, hashes(fpp));
        if (bits > MAX_BITS) {
            throw new InvalidCachePolicyException("A Bloom filter for " + expected + " keys with an fpp of " + fpp
                    + " needs " + (long) bits + " bits but can have " + MAX_BITS
                    + "; expect fewer keys or take a higher"
                    + " fpp");
        }
    }

    /**
     * The lowest rate that a number of keys can have in a number of bytes, about {@code 0.6185^(bits / expected)}.
     *
     * @param expected the keys, at least 1
     * @param bytes the most memory the bits may take
     * @return a filter of at most {@code bytes}; its rate is 1e-9 where it could be lower still
     * @throws InvalidCachePolicyException if {@code bytes} are too few to keep half of the absent keys out
     */
    public static BloomFilterConfig withinBudget(long expected, long bytes) {
        requireKeys(expected);
        long bits = Math.min(bytes / Long.BYTES, MAX_BITS / Long.SIZE) * Long.SIZE;
        double least = bitsNeeded(expected, MAX_FPP, 1);
        if (bits - 1 < least) {
            throw new InvalidCachePolicyException("A Bloom filter for " + expected + " keys was given " + bytes
                    + " bytes; give it at least " + (long) Math.ceil((least + 1) / Long.SIZE) * Long.BYTES);
        }
        // One bit less than there is, so that rounding can't ask for one more.
        double share = (bits - 1) / (double) expected;
        int pairs = (int) Math.min(MAX_PAIRS - 1, share * Math.log(2) / 2);
        double fpp = Math.min(fppAt(share, 1), fppAt(share, 2 * pairs + 2));
        if (pairs > 0) {
            fpp = Math.min(fpp, fppAt(share, 2 * pairs));
        }
        return new BloomFilterConfig(expected, Math.max(MIN_FPP, Math.min(MAX_FPP, fpp)));
    }

    /**
     * The filter's size.
     *
     * @return a multiple of 64
     */
    public long bits() {
        double needed = bitsNeeded(expected, fpp, hashes());
        return (long) Math.ceil(needed / Long.SIZE) * Long.SIZE;
    }

    /**
     * How many bits a key sets.
     *
     * @return 1 to 30
     */
    public int hashes() {
        return hashes(fpp);
    }

    /**
     * The memory the bits take.
     *
     * @return bytes
     */
    public long memoryBytes() {
        return bits() / Byte.SIZE;
    }

    private static void requireKeys(long expected) {
        if (expected < 1) {
            throw new InvalidCachePolicyException(
                    "A Bloom filter's expected number of keys is " + expected + "; it must be at least 1");
        }
    }

    /** The rate follows from whole hashes: rounding the textbook's number alone would pass it by up to a tenth. */
    private static int hashes(double fpp) {
        int pairs = Math.min(MAX_PAIRS - 1, (int) (-Math.log(fpp) / Math.log(2) / 2));
        int best = 2 * pairs + 2;
        for (int hashes : new int[] {1, 2 * pairs}) {
            if (hashes > 0 && bitsNeeded(1, fpp, hashes) <= bitsNeeded(1, fpp, best)) {
                best = hashes;
            }
        }
        return best;
    }

    /**
     * The bits with which {@link #fppAt} is {@code fpp}. For pairs it is solved for the share of bits that are clear, by
     * Newton's method: from this beginning, where the rate is too high, each step comes nearer from the same side.
     */
    private static double bitsNeeded(long expected, double fpp, int hashes) {
        if (hashes == 1) {
            return -expected / Math.log1p(-fpp);
        }
        double pairFound = Math.pow(fpp, 2.0 / hashes);
        double clear = 1 - Math.sqrt(pairFound);
        for (int step = 0; step < STEPS; step++) {
            double tooHigh = 1 - 2 * clear + Math.pow(clear, BOTH_CLEAR) - pairFound;
            clear -= tooHigh / (BOTH_CLEAR * Math.pow(clear, BOTH_CLEAR - 1) - 2);
        }
        return -hashes * (double) expected / Math.log(clear) * (1 + ROUNDING);
    }

    /**
     * The rate with so many bits for each key. With one hash that is how full the filter is. With pairs, words are hit
     * unevenly, as a Poisson distribution says; a pair is found where two different bits of a word are both set.
     */
    static double fppAt(double bitsPerKey, int hashes) {
        if (hashes == 1) {
            return -Math.expm1(-1 / bitsPerKey);
        }
        // What is clear after all keys: one bit, or two of a word, less 1.
        double oneClear = Math.expm1(-hashes / bitsPerKey);
        double bothClear = Math.expm1(-hashes / bitsPerKey * BOTH_CLEAR);
        return Math.pow(bothClear - 2 * oneClear, hashes / 2.0);
    }
}
