package io.hamster.cache.writeback;

import java.util.Optional;

/**
 * A write on its way to the source.
 *
 * @param key the key
 * @param value its new value, or empty if it is to be deleted
 * @param sequence rises strictly with each write of the cache, over restarts too. A crash can repeat a write, so a
 *     source that keeps the sequence beside the value and refuses lower ones never goes back
 * @param <K> the keys
 * @param <V> the values
 */
public record WriteBackEntry<K, V>(K key, Optional<V> value, long sequence) {}
