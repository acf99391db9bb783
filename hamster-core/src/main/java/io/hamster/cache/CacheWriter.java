package io.hamster.cache;

import java.util.Map;

/**
 * Writes values to their source of truth, before the cache takes them. Writes of one key are never concurrent and reach
 * the source in the order in which they reach the cache; writes of different keys run concurrently, so implementations
 * are thread-safe. A writer must not write to the cache it belongs to.
 *
 * <p>That is write-through. One that was given to {@link CachePolicyBuilder#writeBack} is called after the fact instead, by a
 * flush, entry by entry: what it throws isn't the caller's but has the write tried again, and it also deletes keys that were
 * invalidated before their write had reached the source.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public interface CacheWriter<K, V> {

    /**
     * Writes a value. Runs on the thread that called the cache.
     *
     * @param key the key
     * @param value its new value
     * @throws Exception as it likes: the cache stays as it was, and the caller gets unchecked exceptions as they are,
     *     checked ones as the cause of a {@link CacheWriteException}
     */
    void write(K key, V value) throws Exception;

    /**
     * Deletes a key, for {@link HamsterCache#loadAndDelete}.
     *
     * @param key the key
     * @throws Exception as for {@link #write}
     */
    void delete(K key) throws Exception;

    /**
     * Writes a batch of {@link HamsterCache#putAll}, one by one unless overridden.
     *
     * @param batch at most 100 keys and their new values; unmodifiable
     * @throws Exception as for {@link #write}; the cache takes none of the batch, and drops what it has of a batch of
     *     several, since some may have been written
     */
    default void writeAll(Map<? extends K, ? extends V> batch) throws Exception {
        for (Map.Entry<? extends K, ? extends V> entry : batch.entrySet()) {
            write(entry.getKey(), entry.getValue());
        }
    }
}
