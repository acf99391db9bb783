package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.cache.bloom.BloomGuard;
import io.hamster.cache.invalidation.Invalidation;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.writeback.WriteBackAdmin;
import java.time.Duration;
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
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cache that shares what it holds with other instances, or only its loads: this JVM's tier before a store. */
final class SharedCache<K, V> implements ManagedCache<K, V> {

    private final String name;
    private final CachePolicy policy;
    /** Whether the store only carries what is being loaded. */
    private final boolean isRelay;

    private final CacheRuntime runtime;
    private final Counters counters = new Counters();
    private final KeyTexts<K> texts;
    private final LocalTier<TextKey<K>, V> tier;
    private final Loads<TextKey<K>, V> loads;
    private final BulkLoads<TextKey<K>, V> bulkLoads;
    /** Of the callers' loaders: what the loads know as theirs asks the shared tier first. */
    private final LoadWatch watch;

    private final RemoteTier remote;
    private final SharedReads<K, V> reads;
    private final Peeks<K, V> peeks;
    private final SharedChanges<K, V> changes;
    private final SharedTickets<K, V> tickets;
    private final SharedWrites<K, V> writes;
    private final @Nullable DirtyReads<K, V> dirty;
    private final @Nullable SharedWriteBack<K, V> back;
    private final KeyGuard<K> guard;
    private final RemovalNotices<TextKey<K>, V> notices;
    private final @Nullable CacheLoader<K, V> loader;
    private final boolean refreshesAhead;
    private final @Nullable HotKeys<TextKey<K>, V> hot;
    private final Function<Optional<V>, EntryOptions> noOptions = new FixedOptions<>(EntryOptions.none());

    /**
     * Makes the cache.
     *
     * @param store closed with the cache
     * @param trust says which entries of this JVM may be used; {@code null} for all
     * @param others tells the other instances of changes
     * @param dirty {@code null} if the cache doesn't write back
     */
    SharedCache(
            String name,
            CachePolicy policy,
            CacheRuntime runtime,
            Admission admission,
            Codec codec,
            CacheStore store,
            @Nullable Trust trust,
            Consumer<Invalidation> others,
            @Nullable DirtyReads<K, V> dirty) {
        this.name = name;
        this.policy = policy;
        this.runtime = runtime;
        this.isRelay = policy.tier() == Tier.LOCAL;
        this.texts = new KeyTexts<>(name, policy);
        this.notices = new RemovalNotices<>(name, runtime.contextFreeExecutor());
        this.tier = new LocalTier<>(policy, runtime, counters, notices, admission, trust);
        // What comes from the store has had its jitter.
        CachePolicy here =
                isRelay ? policy : policy.toBuilder().ttlJitter(Duration.ZERO).build();
        Slots<TextKey<K>, V> slots =
                new Slots<>(here, tier.stamps(), SharedCache.<K, V>weigher(policy), runtime.random());
        this.loads = new Loads<>(
                name, policy, runtime, tier, slots, counters, new LoadWatch(name, runtime.time(), CacheListeners.NONE));
        this.watch = new LoadWatch(name, runtime.time(), runtime.listeners());
        this.bulkLoads = new BulkLoads<>(runtime, tier, loads);
        StoredValues<V> values = new StoredValues<>(name, policy, codec, runtime.random(), counters);
        PendingChanges pending = new PendingChanges(name, store, runtime.scheduler(), this::confirmed);
        this.remote = new RemoteTier(name, store, pending, isRelay);
        this.reads = new SharedReads<>(name, policy, runtime, tier, slots, remote, values, dirty, counters);
        this.peeks = new Peeks<>(name, policy, runtime, reads, counters);
        this.changes = new SharedChanges<>(name, policy, runtime, tier, slots, remote, values, others, counters);
        this.guard = policy.tellsOthers()
                ? new KeyGuard<>(name, policy, texts, runtime, counters)
                : new KeyGuard<>(name, policy, runtime, counters);
        this.dirty = dirty;
        this.back = dirty == null
                ? null
                : new SharedWriteBack<>(
                        name,
                        policy.writeBack().orElseThrow(),
                        PolicyParts.writeBackWriter(policy),
                        runtime,
                        texts,
                        tier,
                        peeks,
                        changes,
                        guard,
                        dirty);
        this.writes =
                new SharedWrites<>(name, policy, texts, tier, values, reads, peeks, changes, guard, back, counters);
        this.tickets = new SharedTickets<>(policy, texts, tier, remote, changes, guard, dirty, counters);
        this.loader = PolicyParts.loader(policy);
        this.refreshesAhead = policy.refreshAhead().isPresent();
        this.hot = HotKeys.of(name, policy, runtime, tier);
    }

    private static <K, V> Weigher<TextKey<K>, V> weigher(CachePolicy policy) {
        boolean keepsNothingHere =
                policy.tier() == Tier.REMOTE && policy.staleOnError().isEmpty();
        return keepsNothingHere ? (key, value) -> 0 : new TextKeyWeigher<>(policy);
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
        return loader != null ? get(key, loader, noOptions) : optional(peekUnlessHere(key));
    }

    @Override
    public V require(K key) {
        return get(key).orElseThrow(() -> new KeyNotFoundException(
                "Cache '" + name + "' has no value for " + CacheKeys.shortened(texts.of(key))));
    }

    @Override
    public Optional<CacheEntry<V>> entry(K key) {
        return Optional.ofNullable(peekUnlessHere(key))
                .map(slot -> slot.entry(runtime.time(), dirty != null && dirty.isDirty(key)));
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
        TextKey<K> text = texts.of(key);
        Slot<V> slot = read(text);
        if (slot != null) {
            noteRead(text, loader, options);
            if (isRefreshDue(slot)) {
                SharedLoad.Blocking<K, V> refresh = refresh(loader, options);
                loads.refresh(text, slot, refresh, refresh);
            }
            return slot.optional();
        }
        texts.required(text);
        CacheLoader<K, V> own = watch.of(loader, false);
        if (loads.mustRunAlone()) {
            long asked = runtime.time().nanoTime();
            Slot<V> there = peeks.one(text, true);
            return there != null ? there.optional() : loads.loadAlone(text, same -> own.load(same.known()), asked);
        }
        if (guard.rejects(key)) {
            return optional(peeks.one(text));
        }
        noteRead(text, loader, options);
        SharedLoad.Blocking<K, V> load = new SharedLoad.Blocking<>(reads, runtime, own, options, false);
        return loads.load(text, load, load);
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader) {
        Map<TextKey<K>, Optional<V>> answers = new LinkedHashMap<>();
        List<TextKey<K>> missing = new ArrayList<>();
        List<TextKey<K>> rejected = new ArrayList<>();
        boolean alone = loads.mustRunAlone();
        long asked = runtime.time().nanoTime();
        for (K key : new LinkedHashSet<K>(keys)) {
            TextKey<K> text = texts.of(key);
            Slot<V> slot = read(text);
            answers.put(text, optional(slot));
            if (slot == null) {
                texts.required(text);
                (alone || guard.rejects(key) ? rejected : missing).add(text);
            }
        }
        peeks.all(rejected, answers, alone);
        if (alone) {
            rejected.stream()
                    .filter(key -> answers.getOrDefault(key, Optional.empty()).isEmpty())
                    .forEach(missing::add);
        }
        if (!missing.isEmpty()) {
            answers.putAll(alone ? loadAllAlone(missing, loader, asked) : loadAll(missing, loader));
        }
        Map<K, V> values = new LinkedHashMap<>();
        answers.forEach((key, answer) -> answer.ifPresent(value -> values.put(key.known(), value)));
        return Collections.unmodifiableMap(values);
    }

    private Map<TextKey<K>, Optional<V>> loadAllAlone(
            List<TextKey<K>> missing, BulkCacheLoader<K, V> loader, long asked) {
        BulkCacheLoader<K, V> own = watch.ofAll(loader);
        return bulkLoads.loadAlone(missing, SharedBulkLoad.alone(dirty == null ? own : dirty.beforeAll(own)), asked);
    }

    private Map<TextKey<K>, Optional<V>> loadAll(List<TextKey<K>> missing, BulkCacheLoader<K, V> loader) {
        SharedBulkLoad<K, V> load = new SharedBulkLoad<>(reads, runtime, watch.ofAll(loader));
        return bulkLoads.load(missing, load, load::options);
    }

    @Override
    public CompletableFuture<Optional<V>> getAsync(K key, CacheLoader<? super K, ? extends V> loader) {
        TextKey<K> text = texts.of(key);
        Slot<V> slot = read(text);
        if (slot == null) {
            texts.required(text);
            if (guard.rejects(key)) {
                return peeks.async(text);
            }
            noteRead(text, loader, noOptions);
            SharedLoad.Blocking<K, V> load =
                    new SharedLoad.Blocking<>(reads, runtime, watch.of(loader, false), noOptions, false);
            return loads.loadAsync(text, load, load);
        }
        noteRead(text, loader, noOptions);
        if (isRefreshDue(slot)) {
            SharedLoad.Blocking<K, V> refresh = refresh(loader, noOptions);
            loads.refresh(text, slot, refresh, refresh);
        }
        return CompletableFuture.completedFuture(slot.optional());
    }

    @Override
    public CompletableFuture<Optional<V>> composeAsync(
            K key,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        TextKey<K> text = texts.of(key);
        Slot<V> slot = read(text);
        if (slot == null) {
            texts.required(text);
            AsyncCacheLoader<K, V> own = watch.ofAsync(loader, false);
            if (loads.mustRunAlone()) {
                counters.misses.increment();
                AsyncCacheLoader<K, V> alone = dirty == null ? own : dirty.before(own);
                return loads.compose(text, peeks.lookingBack(alone), options);
            }
            if (guard.rejects(key)) {
                return peeks.async(text);
            }
            noteAsyncRead(text, loader, options);
            SharedLoad.Async<K, V> load = new SharedLoad.Async<>(reads, runtime, own, options, false);
            return loads.compose(text, load, load);
        }
        noteAsyncRead(text, loader, options);
        if (isRefreshDue(slot)) {
            refreshAsync(text, slot, loader, options);
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
        if (back != null) {
            tickets.of(key).put(key, Optional.empty(), EntryOptions.none());
            return;
        }
        changes.putAbsent(texts.required(key));
    }

    @Override
    public K requireKey(K key) {
        return texts.required(key).known();
    }

    @Override
    public boolean invalidate(K key) {
        TextKey<K> text = texts.required(key);
        if (isRelay) {
            return changes.takeHere(text) != null;
        }
        boolean wasDirty = deletedDirty(back == null ? 0 : back.deleteDirty(List.of(key)));
        return changes.invalidate(List.of(text)) > 0 || wasDirty;
    }

    @Override
    public void invalidateAll(Collection<? extends K> keys) {
        List<TextKey<K>> all = new ArrayList<>();
        keys.forEach(key -> all.add(texts.required(key)));
        deletedDirty(back == null ? 0 : back.deleteDirty(keys));
        changes.invalidate(all);
    }

    @Override
    public void invalidateTags(Collection<String> tags) {
        tags.forEach(CacheKeys::requireTag);
        changes.invalidateTags(tags);
    }

    @Override
    public void clear() {
        deletedDirty(back == null ? 0 : back.deleteDirty());
        changes.clear();
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
        return counters.snapshot(
                tier.size(),
                policy.maxMemory(),
                remote.store().undecodable(),
                remote.pending().size());
    }

    @Override
    public Optional<BloomGuard<K>> bloomGuard() {
        return guard.bloom();
    }

    @Override
    public void onRemoval(RemovalListener<? super K, ? super V> listener) {
        notices.add((key, value, cause) -> listener.onRemoval(key.known(), value, cause));
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
        remote.close();
        reads.close();
        tier.close();
    }

    LocalTier<TextKey<K>, V> tier() {
        return tier;
    }

    @Override
    public void heard(Invalidation change) {
        switch (change.scope()) {
            case KEYS ->
                change.subjects().forEach(text -> {
                    // It may have been put, and nobody else would tell the guard.
                    guard.addText(text);
                    tier.drop(TextKey.ofText(text));
                });
            case TAGS -> tier.dropTagged(change.subjects());
            case ALL -> forget();
        }
    }

    @Override
    public void forget() {
        if (policy.tellsOthers()) {
            guard.reopen();
            tier.clear(runtime.contextFreeExecutor());
        }
    }

    /** Others may have taken it from the shared tier meanwhile. */
    private void confirmed(Invalidation.Scope scope, List<String> subjects) {
        changes.tell(scope, subjects);
    }

    /** What is found counts here; what isn't, where it is known whether the shared tier has it. */
    private @Nullable Slot<V> read(TextKey<K> key) {
        Slot<V> slot = tier.live(key);
        if (slot != null) {
            counters.hits.increment();
        }
        return slot;
    }

    private @Nullable Slot<V> peekUnlessHere(K key) {
        TextKey<K> text = texts.of(key);
        Slot<V> slot = read(text);
        return slot != null ? slot : peeks.one(texts.required(text));
    }

    private boolean isRefreshDue(Slot<V> slot) {
        return refreshesAhead && slot.isRefreshDue(runtime.time().nanoTime());
    }

    private SharedLoad.Blocking<K, V> refresh(
            CacheLoader<? super K, ? extends V> loader, Function<? super Optional<V>, EntryOptions> options) {
        return new SharedLoad.Blocking<>(reads, runtime, watch.of(loader, true), options, true);
    }

    private void refreshAsync(
            TextKey<K> key,
            Slot<V> slot,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        SharedLoad.Async<K, V> load =
                new SharedLoad.Async<>(reads, runtime, watch.ofAsync(loader, true), options, true);
        loads.refreshAsync(key, slot, load, load);
    }

    private void noteAsyncRead(
            TextKey<K> key,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        if (hot != null && loader.isRepeatable()) {
            hot.read(key, (slot, overdue) -> refreshAsync(key, slot, loader, options));
        }
    }

    /** Not before the guard has let the key through: what doesn't exist isn't to take the place of what does. */
    private void noteRead(
            TextKey<K> key,
            CacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        if (hot != null && loader.isRepeatable()) {
            hot.read(key, (slot, overdue) -> {
                SharedLoad.Blocking<K, V> load = refresh(loader, options);
                loads.refreshHere(key, slot, load, load, overdue);
            });
        }
    }

    private boolean deletedDirty(int count) {
        counters.deletes.add(count);
        return count > 0;
    }

    private static <V> Optional<V> optional(@Nullable Slot<V> slot) {
        return slot == null ? Optional.empty() : slot.optional();
    }
}
