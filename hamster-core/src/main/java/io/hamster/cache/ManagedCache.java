package io.hamster.cache;

/** A cache as its client sees it. */
interface ManagedCache<K, V> extends HamsterCache<K, V> {

    /** Begins what goes on beside the callers. */
    void start();

    /** Empties the cache for good. */
    void close();
}
