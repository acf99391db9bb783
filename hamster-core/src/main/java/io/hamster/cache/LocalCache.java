package io.hamster.cache;

import io.hamster.TimeSource;
import io.hamster.cache.bloom.BloomGuard;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cache in this JVM: answers hits itself, leaves the rest to its parts. */
final class LocalCache<K, V> implements ManagedCache<K, V> {

    private final String name;
    private final CachePolicy policy;
    private final TimeSource time;
    private final Counters counters = new Counters();
    private final LocalTier<K, V> tier;
    private final Loads<K, V> loads;
    private final BulkLoads<K, V> bulkLoads;
    private final LocalWrites<K, V> writes;
    private final LocalTickets<K, V> tickets;
    private final @Nullable OwnedWriteBack<K, V> back;
    private final KeyGuard<K> guard;
    private final RemovalNotices<K, V> notices;
    private final @Nullable CacheLoader<K, V> loader;
    private final boolean refreshesAhead;
    private final @Nullable HotKeys<K, V> hot;
    private final Function<Optional<V>, EntryOptions> noOptions = new FixedOptions<>(EntryOptions.none());

    LocalCache(String name, CachePolicy policy, CacheRuntime runtime, Admission admission) {
        this.name = name;
        this.policy = policy;
        this.time = runtime.time();
        this.notices = new RemovalNotices<>(name, runtime.contextFreeExecutor());
        this.tier = new LocalTier<>(policy, runtime, counters, notices, admission);
        Slots<K, V> slots = new Slots<>(policy, tier.stamps(), weigher(policy), runtime.random());
        this.loads = new Loads<>(
                name, policy, runtime, tier, slots, counters, new LoadWatch(name, runtime.time(), runtime.listeners()));
        this.bulkLoads = new BulkLoads<>(runtime, tier, loads);
        this.guard = new KeyGuard<>(name, policy, runtime, counters);
        this.back = writeBack(name, policy, runtime, tier, slots, guard);
        this.writes = new LocalWrites<>(name, policy, time, tier, slots, back, guard, counters);
        this.tickets = new LocalTickets<>(time, tier, slots, back, guard, counters);
        this.loader = PolicyParts.loader(policy);
        this.refreshesAhead = policy.refreshAhead().isPresent();
        this.hot = HotKeys.of(name, policy, runtime, tier);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CachePolicy policy() {
        return policy;
    }

    @Override
    public Optional<V> get(K key) {
        if (loader != null) {
            return get(key, loader, noOptions);
        }
        Slot<V> slot = read(key);
        return slot == null ? Optional.empty() : slot.optional();
    }

    @Override
    public V require(K key) {
        return get(key).orElseThrow(() ->
                new KeyNotFoundException("Cache '" + name + "' has no value for " + CacheKeys.shortened(key)));
    }

    @Override
    public Optional<CacheEntry<V>> entry(K key) {
        return Optional.ofNullable(read(key)).map(slot -> slot.entry(time, isDirty(key)));
    }

    @Override
    public Optional<V> get(K key, CacheLoader<? super K, ? extends V> loader) {
        return get(key, loader, noOptions);
    }

    @Override
    public Optional<V> get(K key, CacheLoader<? super K, ? extends V> loader, EntryOptions options) {
        return get(key, loader, new FixedOptions<>(options));
    }

    @Override
    public Optional<V> get(
            K key, CacheLoader<? super K, ? extends V> loader, Function<? super Optional<V>, EntryOptions> options) {
        Slot<V> slot = read(key);
        if (slot == null) {
            if (guard.rejects(key)) {
                return Optional.empty();
            }
            noteRead(key, loader, options);
            return loads.load(key, loader, options);
        }
        noteRead(key, loader, options);
        if (refreshesAhead) {
            loads.refresh(key, slot, loader, options);
        }
        return slot.optional();
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader) {
        Map<K, Optional<V>> answers = new LinkedHashMap<>();
        List<K> missing = new ArrayList<>();
        for (K key : new LinkedHashSet<K>(keys)) {
            Slot<V> slot = read(key);
            answers.put(key, slot == null ? Optional.empty() : slot.optional());
            if (slot == null && !guard.rejects(key)) {
                missing.add(key);
            }
        }
        if (!missing.isEmpty()) {
            answers.putAll(bulkLoads.load(missing, loader));
        }
        Map<K, V> values = new LinkedHashMap<>();
        answers.forEach((key, answer) -> answer.ifPresent(value -> values.put(key, value)));
        return Collections.unmodifiableMap(values);
    }

    @Override
    public CompletableFuture<Optional<V>> getAsync(K key, CacheLoader<? super K, ? extends V> loader) {
        Slot<V> slot = read(key);
        if (slot == null) {
            if (guard.rejects(key)) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            noteRead(key, loader, noOptions);
            return loads.loadAsync(key, loader, noOptions);
        }
        noteRead(key, loader, noOptions);
        if (refreshesAhead) {
            loads.refresh(key, slot, loader, noOptions);
        }
        return CompletableFuture.completedFuture(slot.optional());
    }

    @Override
    public CompletableFuture<Optional<V>> composeAsync(
            K key,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        Slot<V> slot = read(key);
        if (slot == null) {
            if (guard.rejects(key)) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            noteAsyncRead(key, loader, options);
            return loads.compose(key, loader, options);
        }
        noteAsyncRead(key, loader, options);
        if (refreshesAhead) {
            loads.refreshAsync(key, slot, loader, options);
        }
        return CompletableFuture.completedFuture(slot.optional());
    }

    @Override
    public CacheTicket<K, V> ticket() {
        return tickets.anyKey();
    }

    @Override
    public CacheTicket<K, V> ticket(K key) {
        return tickets.of(key);
    }

    @Override
    public void put(K key, V value) {
        put(key, value, EntryOptions.none());
    }

    @Override
    public void put(K key, V value, EntryOptions options) {
        writes.put(key, value, options);
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> values) {
        writes.putAll(values);
    }

    @Override
    public Optional<V> putIfAbsent(K key, V value) {
        return writes.putIfAbsent(key, value);
    }

    @Override
    public void putAbsent(K key) {
        writes.putAbsent(key);
    }

    @Override
    public K requireKey(K key) {
        return CacheKeys.requireKey(key);
    }

    @Override
    public boolean invalidate(K key) {
        CacheKeys.requireKey(key);
        Optional<Boolean> hadDirty = back == null ? Optional.empty() : back.deleteDirty(key);
        counters.deletes.add(hadDirty.orElse(false) ? 1 : 0);
        boolean wasCached = tier.invalidate(key) != null;
        // What is cached of a dirty key isn't what a read finds, but what was there before its write.
        return hadDirty.orElse(wasCached);
    }

    @Override
    public void invalidateAll(Collection<? extends K> keys) {
        keys.forEach(CacheKeys::requireKey);
        counters.deletes.add(back == null ? 0 : back.deleteDirty(keys));
        keys.forEach(tier::invalidate);
    }

    @Override
    public void invalidateTags(Collection<String> tags) {
        tags.forEach(CacheKeys::requireTag);
        counters.deletes.add(back == null ? 0 : back.deleteDirtyTagged(tags));
        tier.invalidateTags(tags);
    }

    @Override
    public void clear() {
        counters.deletes.add(back == null ? 0 : back.deleteDirty());
        tier.clear();
    }

    @Override
    public Optional<V> loadAndDelete(K key) {
        return writes.delete(key);
    }

    @Override
    public void flush() {
        if (back != null) {
            back.flush();
        }
    }

    @Override
    public Set<K> dirty() {
        return back == null ? Set.of() : back.keys();
    }

    @Override
    public Optional<WriteBackAdmin<K>> writeBack() {
        return Optional.ofNullable(back);
    }

    @Override
    public CacheStats stats() {
        return counters.snapshot(tier.size() + (back == null ? 0 : back.size()), policy.maxMemory());
    }

    @Override
    public Optional<BloomGuard<K>> bloomGuard() {
        return guard.bloom();
    }

    @Override
    public void onRemoval(RemovalListener<? super K, ? super V> listener) {
        notices.add(listener);
    }

    @Override
    public void start() {
        if (back != null) {
            back.start();
        }
        guard.start();
    }

    @Override
    public void close() {
        if (hot != null) {
            hot.close();
        }
        if (back != null) {
            back.close();
        }
        guard.close();
        tier.close();
    }

    LocalTier<K, V> tier() {
        return tier;
    }

    /** The hit path: one look-up and one striped counter. A key that breaks the rules is never found. */
    private @Nullable Slot<V> read(@Nullable K key) {
        if (key == null) {
            throw CacheKeys.isNull();
        }
        Slot<V> slot = back == null ? tier.live(key) : readBack(back, key);
        if (slot == null) {
            CacheKeys.requireKey(key);
            counters.misses.increment();
        } else {
            counters.hits.increment();
        }
        return slot;
    }

    /** Not before the guard has let the key through: what doesn't exist isn't to take the place of what does. */
    private void noteRead(
            K key, CacheLoader<? super K, ? extends V> loader, Function<? super Optional<V>, EntryOptions> options) {
        if (hot != null && loader.isRepeatable()) {
            hot.read(key, (slot, overdue) -> loads.refreshHere(key, slot, loader, options, overdue));
        }
    }

    private void noteAsyncRead(
            K key,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        if (hot != null && loader.isRepeatable()) {
            hot.read(key, (slot, overdue) -> loads.refreshAsync(key, slot, loader, options));
        }
    }

    /** Dirty first: only that is as new as what was acknowledged. */
    private @Nullable Slot<V> readBack(OwnedWriteBack<K, V> back, K key) {
        Slot<V> dirty = back.find(key);
        return dirty != null ? dirty : tier.live(key);
    }

    private boolean isDirty(K key) {
        return back != null && back.isDirty(key);
    }

    @SuppressWarnings("unchecked")
    private static <K, V> Weigher<? super K, ? super V> weigher(CachePolicy policy) {
        return (Weigher<? super K, ? super V>) policy.weigher().orElseGet(EstimatingWeigher::new);
    }

    private static <K, V> @Nullable OwnedWriteBack<K, V> writeBack(
            String name,
            CachePolicy policy,
            CacheRuntime runtime,
            LocalTier<K, V> tier,
            Slots<K, V> slots,
            KeyGuard<K> guard) {
        WriteBackPolicy how = policy.writeBack().orElse(null);
        if (how == null) {
            return null;
        }
        WriteBackWriter<K, V> writer = PolicyParts.writeBackWriter(policy);
        return new OwnedWriteBack<>(name, how, writer, runtime, tier, slots, guard);
    }
}
