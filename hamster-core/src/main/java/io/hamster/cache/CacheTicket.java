package io.hamster.cache;

import java.util.Optional;

/**
 * A moment in a cache's life, from {@link HamsterCache#ticket}: for values that the caller loads or writes by itself
 * after that moment, and that must not overwrite what has happened in the cache since. It may be dropped without a word, for
 * it holds nothing; except one for a key in a shared tier with {@link LoadScope#CLUSTER}, for whose value whoever misses the
 * key waits, in all instances, until it is used or {@code leaseTimeout} has passed. Thread-safe.
 *
 * <p>Both methods do nothing and return {@code false} if since that moment the key was put or invalidated, one of the
 * tags was invalidated or the cache was cleared. What is touched is remembered by 1024 stripes for keys and as many for
 * tags, so other keys and tags may be the cause too: a ticket that is held while {@code n} of them are touched is refused
 * in vain with a probability of about {@code n / 1024}, at 100 changes a second and loads of a second one in ten. That
 * costs a load, never correctness; keep tickets short. A writer of the policy isn't called.
 *
 * <p>In a cache with entries in a shared tier a ticket is good for the key it was made for, and what any instance does to
 * that key counts. There a value that isn't to be kept is refused as well: whoever has none to publish invalidates.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public interface CacheTicket<K, V> {

    /**
     * Caches what was loaded since. Several loads of a key don't overtake each other: in a cache without a shared tier what
     * another load has published that began later stays.
     *
     * @param key the key
     * @param value what the source has
     * @param options for the entry
     * @return whether nothing had happened to the key, and it was cached
     */
    boolean publish(K key, Optional<V> value, EntryOptions options);

    /**
     * Caches what was written to the source since; of several such writes only the first gets through. Whoever is told
     * {@code false} should invalidate the key, since nobody knows which write was the last.
     *
     * @param key the key
     * @param value what the source has now
     * @param options for the entry
     * @return whether nothing had happened to the key
     */
    boolean put(K key, Optional<V> value, EntryOptions options);
}
