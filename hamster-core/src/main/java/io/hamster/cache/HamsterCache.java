package io.hamster.cache;

import io.hamster.cache.bloom.BloomGuard;
import io.hamster.cache.writeback.WriteBackAdmin;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A named, bounded cache. Thread-safe.
 *
 * <p>Concurrent misses of a key share one load. A load that began before its key, its tag or the whole cache was
 * invalidated, or before its key was put, never gets into the cache; callers that had asked before still receive its
 * value, later ones start a load of their own. Nothing is ever {@code null}; a loader's {@code null} means that there
 * is no value, which is remembered only if the policy has a {@code nullTtl}.
 *
 * <p>Every method throws {@link InvalidCacheKeyException} for a key that is {@code null} or a text that is empty,
 * longer than 250 characters, has control characters or half of a surrogate pair. Where a key is no text, these rules are
 * for the text that it has in a shared tier, and a key without one breaks them; a cache that shares nothing doesn't measure
 * it. What puts a value throws {@link InvalidCacheValueException} for {@code null}, before anything is written.
 *
 * <p>In a cache with a {@linkplain CachePolicyBuilder#tier shared tier} reads never fail because of it, unless the
 * cache writes back to a journal that the instances share: while that doesn't answer, reads that this JVM's entries can't
 * answer throw {@link io.hamster.cache.store.CacheStoreUnavailableException}, since the source may be older than what was
 * acknowledged. What changes the cache throws it if the shared tier hasn't confirmed the change: the source and this instance
 * have it by then, the shared tier and the other instances follow when it is back. If this instance ends before, they follow
 * when the entry's time to live has passed. A load that goes on while another
 * instance changes its key is handed to those who had asked before, as always; without an invalidation channel, in
 * {@link Tier#REMOTE}, also to those of this instance who ask while it still runs.
 *
 * @param <K> the keys; equal keys have equal hash codes, and neither ever changes
 * @param <V> the values, shared by all callers, so best immutable
 */
public interface HamsterCache<K, V> {

    /**
     * The cache's name.
     *
     * @return unique within its client
     */
    String name();

    /**
     * What the cache was made with.
     *
     * @return the policy
     */
    CachePolicy policy();

    /**
     * Reads a value. If the policy has a loader and the key isn't cached, loads it as {@link #get(Object, CacheLoader)}
     * does.
     *
     * @param key the key
     * @return the value, or empty when there is none
     */
    Optional<V> get(K key);

    /**
     * Reads a value that must be there, as {@link #get(Object)} does.
     *
     * @param key the key
     * @return the value
     * @throws KeyNotFoundException if there is none
     */
    V require(K key);

    /**
     * Reads a value with what is known about it. Never loads; counts as a hit or a miss.
     *
     * @param key the key
     * @return the entry, or empty when nothing is cached
     */
    Optional<CacheEntry<V>> entry(K key);

    /**
     * Reads a value, loading it when it isn't cached. Without timeouts in the policy the load runs on this thread.
     *
     * @param key the key
     * @param loader fetches the value
     * @return the value, or empty when the source has none
     * @throws CacheLoadException if the loader threw a checked exception, passed the policy's {@code hardTimeout}, or
     *     this thread was interrupted; unchecked exceptions of the loader come through as they are, to every caller
     *     that waited for this load
     * @throws CyclicLoadException if the load would wait for itself
     */
    Optional<V> get(K key, CacheLoader<? super K, ? extends V> loader);

    /**
     * Reads a value, loading it when it isn't cached.
     *
     * @param key the key
     * @param loader fetches the value
     * @param options for the entry, should it be loaded
     * @return the value, or empty when the source has none
     * @see #get(Object, CacheLoader)
     */
    Optional<V> get(K key, CacheLoader<? super K, ? extends V> loader, EntryOptions options);

    /**
     * Reads a value, loading it when it isn't cached; its options follow from the value.
     *
     * @param key the key
     * @param loader fetches the value
     * @param options gives the entry's options once its value (or that there is none) is known; a failure of it is a
     *     failure of the load
     * @return the value, or empty when the source has none
     * @see #get(Object, CacheLoader)
     */
    Optional<V> get(
            K key, CacheLoader<? super K, ? extends V> loader, Function<? super Optional<V>, EntryOptions> options);

    /**
     * Reads several values, loading those that aren't cached by one call; keys that others are loading already are
     * waited for.
     *
     * @param keys the keys
     * @param loader fetches the missing ones
     * @return the values there are, in the order of {@code keys}; unmodifiable
     * @see #get(Object, CacheLoader)
     */
    Map<K, V> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader);

    /**
     * Reads a value without blocking; a load runs on the client's executor.
     *
     * @param key the key
     * @param loader fetches the value
     * @return completes with the value, or empty when the source has none; fails with what the loader threw. Cancelling
     *     it has no effect on the load. What is chained to it isn't known to belong to a load, so a circle of loads that
     *     is closed there isn't noticed, see {@link AsyncCacheLoader}
     */
    CompletableFuture<Optional<V>> getAsync(K key, CacheLoader<? super K, ? extends V> loader);

    /**
     * Reads a value without blocking; a load is started on this thread or, once a shared tier has been asked for it, on the
     * client's executor.
     *
     * @param key the key
     * @param loader starts fetching the value
     * @param options gives the entry's options once its value (or that there is none) is known
     * @return completes with the value, or empty when the source has none; fails with what the loader threw or its
     *     stage failed with. Cancelling it has no effect on the load
     */
    CompletableFuture<Optional<V>> composeAsync(
            K key,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options);

    /**
     * Marks this moment, for a value that the caller is about to load or write by itself. In a cache that has entries in a
     * shared tier it proves nothing there: what is published under such a ticket is refused, and what is put under it
     * invalidates the key.
     *
     * @return a new ticket, good for every key
     */
    CacheTicket<K, V> ticket();

    /**
     * Marks this moment as {@link #ticket()} does, in the shared tier too. In {@link LoadScope#CLUSTER} other instances may
     * wait for the value until the ticket is used or {@code leaseTimeout} has passed.
     *
     * @param key the key
     * @return a new ticket, good for this key at least
     */
    CacheTicket<K, V> ticket(K key);

    /**
     * Caches a value, after writing it if the policy has a writer, or after journalling it if the cache writes back.
     *
     * @param key the key
     * @param value the value
     * @throws io.hamster.cache.writeback.JournalException if it couldn't be journalled
     * @throws io.hamster.cache.writeback.WriteBackFullException if there are too many dirty entries
     * @throws CacheWriteException if the writer threw a checked exception; unchecked ones come through as they are. The
     *     cache is as it was
     */
    void put(K key, V value);

    /**
     * Caches a value with options of its own, after writing it if the policy has a writer.
     *
     * @param key the key
     * @param value the value
     * @param options for the entry; {@link EntryOptions#uncached()} writes the value and drops what was cached
     * @see #put(Object, Object)
     */
    void put(K key, V value, EntryOptions options);

    /**
     * Caches values, after writing them in batches of 100 if the policy has a writer. If the weigher fails for some of a
     * batch, that is written and the others are cached all the same; what was cached of those is dropped, and the batches
     * after it are neither written nor cached.
     *
     * @param values keys and values
     * @throws CacheWriteException if the writer threw a checked exception; unchecked ones come through as they are.
     *     Batches before the failing one are written and cached, it and those after it are not; what was cached of a
     *     failing batch of several is dropped, since some may have been written
     */
    void putAll(Map<? extends K, ? extends V> values);

    /**
     * Caches a value, after writing it if the policy has a writer, unless the key has a cached value. A remembered
     * absence is no value.
     *
     * <p>Of several calls at once for a key that has none, one caches its value: of those by one instance or, where the
     * entries are in a shared tier, by all. With a writer or write-back instances don't wait for each other: of two that
     * call at once, both may write and be told that there was nothing.
     *
     * @param key the key
     * @param value the value
     * @return empty if the value was cached, otherwise the value that was there
     * @see #put(Object, Object)
     */
    Optional<V> putIfAbsent(K key, V value);

    /**
     * Remembers for the policy's {@code nullTtl} that a key has no value; without one, drops what was cached. Writes
     * nothing.
     *
     * @param key the key
     */
    void putAbsent(K key);

    /**
     * Checks a key, for those who ask now for something that is done later. Looks for nothing.
     *
     * @param key the key
     * @return the same key
     * @throws InvalidCacheKeyException if the other methods would throw it for this key
     */
    K requireKey(K key);

    /**
     * Drops a key's entry and detaches its running load. The source isn't touched, unless the entry is dirty: dropping
     * it would lose an acknowledged write, so the key is deleted from the source instead, as by {@link #loadAndDelete};
     * see {@link WriteBackAdmin#discard(Object)} for the alternative. The same goes for everything else that drops
     * dirty entries.
     *
     * @param key the key
     * @return whether there was an entry that a read would have found
     */
    boolean invalidate(K key);

    /**
     * Drops entries as {@link #invalidate} does.
     *
     * @param keys the keys
     */
    void invalidateAll(Collection<? extends K> keys);

    /**
     * Drops every entry that has one of the tags and keeps running loads that turn out to have one from being
     * published.
     *
     * @param tags the tags
     */
    void invalidateTags(Collection<String> tags);

    /** Drops every entry and detaches every running load, as {@link #invalidate} does. */
    void clear();

    /**
     * Removes a key and returns what was cached; if the policy has a writer, deletes the key with it first.
     *
     * <p>Of several calls at once, one is given the value: within the limits of {@link #putIfAbsent}.
     *
     * @param key the key
     * @return the cached value, or empty when there was none
     * @throws CacheWriteException if the writer threw a checked exception; unchecked ones come through as they are. The
     *     cache is as it was
     */
    Optional<V> loadAndDelete(K key);

    /**
     * Tries to write every dirty entry to its source now, but for dead letters. Without write-back entries are never
     * dirty and nothing happens.
     *
     * @throws io.hamster.cache.writeback.FlushException if some couldn't be written; they are still dirty
     */
    void flush();

    /**
     * The keys whose values, or deletions, still have to be written to their source, dead letters among them.
     *
     * @return a copy; always empty without write-back
     */
    Set<K> dirty();

    /**
     * Counts what happened so far.
     *
     * @return the figures now
     */
    CacheStats stats();

    /**
     * What keeps keys that can't exist from the loader.
     *
     * @return empty if the policy has no {@code bloom}
     */
    Optional<BloomGuard<K>> bloomGuard();

    /**
     * What is to be seen and done of the cache's write-back.
     *
     * @return empty if the cache doesn't write back
     */
    Optional<WriteBackAdmin<K>> writeBack();

    /**
     * Has a listener told of every entry that leaves from now on.
     *
     * @param listener the listener
     */
    void onRemoval(RemovalListener<? super K, ? super V> listener);
}
