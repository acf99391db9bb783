package io.hamster.cache;

import org.jspecify.annotations.Nullable;

/**
 * Fetches the value of a key from its source of truth. Callers who miss a key at the same time share one call. A second one
 * runs beside it if the key, its tag or the cache was changed since the first began, if that has passed the policy's hard
 * timeout, or if it runs inside a transaction; and calls for different keys run concurrently, so implementations are
 * thread-safe.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface CacheLoader<K, V> {

    /**
     * Loads a value. Without timeouts in the policy this runs on the thread that asked for the key. It may ask this or
     * another cache for <em>other</em> keys.
     *
     * @param key the key
     * @return its value, or {@code null} when the source has none
     * @throws Exception as it likes: unchecked ones and {@code Error}s reach every waiting caller as they are, checked
     *     ones as the cause of a {@link CacheLoadException}
     */
    @Nullable
    V load(K key) throws Exception;

    /**
     * Whether it may be called any number of times after the read that it was given with, as a cache does that reloads in
     * intervals. A loader that goes on with a call which can be made once can't: the cache reloads nothing in intervals with
     * it.
     *
     * @return {@code true} unless overridden
     * @see CachePolicyBuilder#refreshInterval
     */
    default boolean isRepeatable() {
        return true;
    }
}
