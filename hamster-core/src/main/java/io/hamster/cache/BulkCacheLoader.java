package io.hamster.cache;

import java.util.Map;
import java.util.Set;

/**
 * Fetches the values of several keys by one call. Implementations are thread-safe.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface BulkCacheLoader<K, V> {

    /**
     * Loads values.
     *
     * @param keys the keys that are neither cached nor being loaded by others; not empty, unmodifiable
     * @return their values; a key that is missing has none in the source, keys that weren't asked for are ignored
     * @throws Exception as it likes: unchecked ones and {@code Error}s reach every waiting caller as they are, checked
     *     ones as the cause of a {@link CacheLoadException}
     */
    Map<? extends K, ? extends V> loadAll(Set<? extends K> keys) throws Exception;
}
