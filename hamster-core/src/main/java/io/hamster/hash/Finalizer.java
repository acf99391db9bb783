package io.hamster.hash;

/**
 * The finalizers of Austin Appleby's MurmurHash3 (public domain): bijections that spread each bit of the input over all
 * of the output.
 */
final class Finalizer {

    private Finalizer() {}

    static int fmix32(int hash) {
        int h = hash;
        h = (h ^ h >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return h ^ h >>> 16;
    }

    static long fmix64(long hash) {
        long h = hash;
        h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }

    /** The function with its results finalized. */
    static HashFunction after(HashFunction function) {
        return function.bits() == Integer.SIZE
                ? HashFunction.of32(text -> fmix32((int) function.hash(text)))
                : text -> fmix64(function.hash(text));
    }
}
