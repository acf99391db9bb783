package io.hamster.cache;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the value of a key without blocking. Implementations are thread-safe.
 *
 * <p>It may ask this or another cache for <em>other</em> keys. Loads that wait for each other in a circle fail with
 * {@link CyclicLoadException} as long as each asks for the next key before it returns its stage. What the stage's later
 * steps ask for isn't known to belong to the load: a circle closed there never completes, unless the policy's
 * {@link CachePolicyBuilder#hardTimeout} ends it.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface AsyncCacheLoader<K, V> {

    /**
     * Starts loading a value, on the thread that asked for the key or, if a shared tier was asked first, on the client's
     * executor.
     *
     * @param key the key
     * @return completes with the value, or with {@code null} when the source has none
     * @throws Exception as it likes; the same as a stage that fails with it
     */
    CompletionStage<? extends @Nullable V> load(K key) throws Exception;

    /**
     * Whether it may be called any number of times after the read that it was given with, as
     * {@link CacheLoader#isRepeatable} says.
     *
     * @return {@code true} unless overridden
     */
    default boolean isRepeatable() {
        return true;
    }
}
