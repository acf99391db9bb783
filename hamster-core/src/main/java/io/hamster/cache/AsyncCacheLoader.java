package io.hamster.cache;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the value of a key without blocking. Implementations are thread-safe.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface AsyncCacheLoader<K, V> {

    /**
     * Starts loading a value, on the thread that asked for the key.
     *
     * @param key the key
     * @return completes with the value, or with {@code null} when the source has none
     * @throws Exception as it likes; the same as a stage that fails with it
     */
    CompletionStage<? extends @Nullable V> load(K key) throws Exception;
}
