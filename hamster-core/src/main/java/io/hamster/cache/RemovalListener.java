package io.hamster.cache;

/**
 * Learns of entries that left a cache. Called on the client's context-free executor after the fact, once for each entry, in
 * no order and perhaps at once, for successive entries of one key too; what it throws is logged. Implementations are
 * thread-safe.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface RemovalListener<K, V> {

    /**
     * An entry left. Not called for remembered absences.
     *
     * @param key its key
     * @param value its value
     * @param cause why it left
     */
    void onRemoval(K key, V value, RemovalCause cause);
}
