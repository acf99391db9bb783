package io.hamster.cache.bloom;

import java.util.function.ToLongFunction;

/**
 * Hashes keys for a Bloom filter: equal keys alike, different ones spread evenly over all 64 bits. Two keys of one hash
 * can't be told apart. Thread-safe.
 *
 * @param <K> the keys
 */
@FunctionalInterface
public interface KeyHash<K> {

    /**
     * Hashes a key.
     *
     * @param key the key
     * @return 64 well-mixed bits
     */
    long hash(K key);

    /**
     * For any key that has {@code equals} and {@code hashCode}: texts, whole numbers up to {@code long} and UUIDs by all
     * they hold and without allocation, other keys by their {@code hashCode}. That has 32 bits at best, so of {@code n}
     * such keys about {@code n / 2^32} more are false positives, and far more where {@code hashCode} is poor; give those
     * keys a {@linkplain #spread hash of their own}.
     *
     * @return the shared instance
     * @param <K> the keys
     */
    @SuppressWarnings("unchecked")
    static <K> KeyHash<K> standard() {
        return (KeyHash<K>) StandardKeyHash.INSTANCE;
    }

    /**
     * For keys that a {@code long} tells apart, such as a number in them; small and consecutive ones will do.
     *
     * @param number gives equal keys equal numbers
     * @return a hash that spreads the number over all bits
     * @param <K> the keys
     */
    static <K> KeyHash<K> spread(ToLongFunction<? super K> number) {
        return key -> StandardKeyHash.mix(number.applyAsLong(key));
    }
}
