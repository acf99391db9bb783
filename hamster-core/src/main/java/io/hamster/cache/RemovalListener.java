package io.hamster.cache;

/**
 * Learns of entries that left a cache. Called on the client's executor after the fact, one removal at a time per entry
 * but in no order between entries; what it throws is logged. Implementations are thread-safe.
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
