package io.hamster.cache;

import io.hamster.cache.invalidation.Invalidation;

/** A cache as its client sees it. */
sealed interface ManagedCache<K, V> extends HamsterCache<K, V> permits LocalCache, SharedCache, WatchedCache {

    /** Begins what goes on beside the callers. */
    void start();

    /** Drops what another instance has changed, in a cache that shares anything. */
    default void heard(Invalidation change) {}

    /** Drops everything that others may have changed. */
    default void forget() {}

    /** Empties the cache for good. */
    void close();
}
