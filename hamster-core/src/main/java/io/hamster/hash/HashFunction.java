package io.hamster.hash;

import java.util.function.ToIntFunction;

/**
 * Turns a key or a virtual node's label into a number. A lambda is a 64-bit function. Has to be thread-safe and give the
 * same number for the same text in every process; hash the text's UTF-8 bytes for other languages to agree.
 */
@FunctionalInterface
public interface HashFunction {

    /**
     * The hash of a text.
     *
     * @param text a key or label
     * @return the hash; the lower 32 bits count for a 32-bit function, whose others are best zero
     */
    long hash(String text);

    /**
     * How many bits of the result count.
     *
     * @return 32 or 64
     */
    default int bits() {
        return Long.SIZE;
    }

    /**
     * Whether hashes of similar short texts are spread evenly enough to place keys as they are. If not, they go through
     * a finalizer first. (The points of virtual nodes always do, unless a profile copies a system that doesn't.)
     *
     * @return whether keys need no finalizer; {@code false} unless known
     */
    default boolean spreadsKeys() {
        return false;
    }

    /**
     * A function with a 32-bit result.
     *
     * @param function gives the hash, which is taken as unsigned
     * @return the function
     */
    static HashFunction of32(ToIntFunction<String> function) {
        return new HashFunction() {
            @Override
            public long hash(String text) {
                return Integer.toUnsignedLong(function.applyAsInt(text));
            }

            @Override
            public int bits() {
                return Integer.SIZE;
            }
        };
    }
}
