package io.hamster.cache;

import io.hamster.cache.CacheListener.Operation;
import io.hamster.cache.bloom.BloomGuard;
import io.hamster.cache.invalidation.Invalidation;
import io.hamster.cache.writeback.WriteBackAdmin;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has a client's listeners watch what callers change in a cache, local or shared. Reads go straight through; the most
 * frequent ones name the cache's class, so that the compiler can inline them even where its profile hasn't seen it.
 */
final class WatchedCache<K, V> implements ManagedCache<K, V> {

    private final ManagedCache<K, V> cache;
    private final ChangeWatch watch;
    private final @Nullable WriteBackAdmin<K> writeBack;

    WatchedCache(ManagedCache<K, V> cache, ChangeWatch watch) {
        this.cache = cache;
        this.watch = watch;
        this.writeBack = cache.writeBack()
                .map(admin -> new WatchedWriteBack<>(admin, watch))
                .orElse(null);
    }

    @Override
    public String name() {
        return cache.name();
    }

    @Override
    public CachePolicy policy() {
        return cache.policy();
    }

    @Override
    public Optional<V> get(K key) {
        if (cache instanceof LocalCache<K, V> local) {
            return local.get(key);
        }
        return ((SharedCache<K, V>) cache).get(key);
    }

    @Override
    public K requireKey(K key) {
        return cache.requireKey(key);
    }

    @Override
    public V require(K key) {
        return cache.require(key);
    }

    @Override
    public Optional<CacheEntry<V>> entry(K key) {
        return cache.entry(key);
    }

    @Override
    public Optional<V> get(K key, CacheLoader<? super K, ? extends V> loader) {
        if (cache instanceof LocalCache<K, V> local) {
            return local.get(key, loader);
        }
        return ((SharedCache<K, V>) cache).get(key, loader);
    }

    @Override
    public Optional<V> get(K key, CacheLoader<? super K, ? extends V> loader, EntryOptions options) {
        return cache.get(key, loader, options);
    }

    @Override
    public Optional<V> get(
            K key, CacheLoader<? super K, ? extends V> loader, Function<? super Optional<V>, EntryOptions> options) {
        if (cache instanceof LocalCache<K, V> local) {
            return local.get(key, loader, options);
        }
        return ((SharedCache<K, V>) cache).get(key, loader, options);
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader) {
        return cache.getAll(keys, loader);
    }

    @Override
    public CompletableFuture<Optional<V>> getAsync(K key, CacheLoader<? super K, ? extends V> loader) {
        return cache.getAsync(key, loader);
    }

    @Override
    public CompletableFuture<Optional<V>> composeAsync(
            K key,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        return cache.composeAsync(key, loader, options);
    }

    @Override
    public CacheTicket<K, V> ticket() {
        return new WatchedTicket<>(cache.ticket(), watch);
    }

    @Override
    public CacheTicket<K, V> ticket(K key) {
        return new WatchedTicket<>(cache.ticket(key), watch);
    }

    @Override
    public void put(K key, V value) {
        watch.run(Operation.PUT, ChangeWatch.only(key), () -> cache.put(key, value));
    }

    @Override
    public void put(K key, V value, EntryOptions options) {
        watch.run(Operation.PUT, ChangeWatch.only(key), () -> cache.put(key, value, options));
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> values) {
        watch.run(Operation.PUT, values.keySet(), () -> cache.putAll(values));
    }

    @Override
    public Optional<V> putIfAbsent(K key, V value) {
        return watch.call(Operation.PUT, ChangeWatch.only(key), () -> cache.putIfAbsent(key, value), Optional::isEmpty);
    }

    @Override
    public void putAbsent(K key) {
        watch.run(Operation.PUT, ChangeWatch.only(key), () -> cache.putAbsent(key));
    }

    @Override
    public boolean invalidate(K key) {
        // That there was nothing to drop is no refusal: a load may have been detached.
        return watch.call(Operation.INVALIDATE, ChangeWatch.only(key), () -> cache.invalidate(key), wasThere -> true);
    }

    @Override
    public void invalidateAll(Collection<? extends K> keys) {
        watch.run(Operation.INVALIDATE, keys, () -> cache.invalidateAll(keys));
    }

    @Override
    public void invalidateTags(Collection<String> tags) {
        watch.run(Operation.INVALIDATE_TAGS, tags, () -> cache.invalidateTags(tags));
    }

    @Override
    public void clear() {
        watch.run(Operation.CLEAR, List.of(), cache::clear);
    }

    @Override
    public Optional<V> loadAndDelete(K key) {
        return watch.call(Operation.DELETE, ChangeWatch.only(key), () -> cache.loadAndDelete(key), found -> true);
    }

    @Override
    public void flush() {
        watch.run(Operation.FLUSH, List.of(), cache::flush);
    }

    @Override
    public Set<K> dirty() {
        return cache.dirty();
    }

    @Override
    public CacheStats stats() {
        return cache.stats();
    }

    @Override
    public Optional<BloomGuard<K>> bloomGuard() {
        return cache.bloomGuard();
    }

    @Override
    public Optional<WriteBackAdmin<K>> writeBack() {
        return Optional.ofNullable(writeBack);
    }

    @Override
    public void onRemoval(RemovalListener<? super K, ? super V> listener) {
        cache.onRemoval(listener);
    }

    @Override
    public void start() {
        cache.start();
    }

    @Override
    public void heard(Invalidation change) {
        cache.heard(change);
    }

    @Override
    public void forget() {
        cache.forget();
    }

    @Override
    public void close() {
        cache.close();
    }
}
