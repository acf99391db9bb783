package io.hamster.cache;

/**
 * Says how much memory an entry takes. Called once for each value that enters this JVM's part of the cache, never
 * under a lock; implementations are thread-safe.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface Weigher<K, V> {

    /**
     * Weighs an entry.
     *
     * @param key the key
     * @param value the value
     * @return bytes, not negative
     */
    long weigh(K key, V value);
}
