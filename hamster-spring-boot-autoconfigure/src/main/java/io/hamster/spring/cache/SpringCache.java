package io.hamster.spring.cache;

import io.hamster.cache.AsyncCacheLoader;
import io.hamster.cache.CacheEntry;
import io.hamster.cache.CacheLoadException;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.CacheTicket;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;

/** A Hamster cache as Spring's. */
final class SpringCache implements Cache {

    private final HamsterCache<Object, Object> cache;
    private final CacheTransactions transactions;
    private final CacheChanges changes;
    private final OpenLoads openLoads;
    private final boolean isShared;

    SpringCache(HamsterCache<Object, Object> cache, CacheTransactions transactions, OpenLoads openLoads) {
        this.cache = cache;
        this.transactions = transactions;
        this.changes = transactions.changes();
        this.openLoads = openLoads;
        this.isShared = CacheChanges.isShared(cache);
    }

    @Override
    public String getName() {
        return cache.name();
    }

    @Override
    public Object getNativeCache() {
        return cache;
    }

    @Override
    public @Nullable ValueWrapper get(Object given) {
        Object key = MethodKeys.of(cache, given);
        ValueWrapper found = find(key);
        // A miss that is still open now was for a method that failed.
        openLoads.take(cache, key);
        if (found == null) {
            openLoads.missed(cache, key, loadsAlone() ? null : cache.ticket(key), transactions.isActive());
        }
        return found;
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        ValueWrapper found = get(key);
        Object value = found == null ? null : found.get();
        if (value != null && type != null && !type.isInstance(value)) {
            throw new IllegalStateException(
                    "Cache '" + cache.name() + "' has a " + value.getClass().getName() + " where a " + type.getName()
                            + " was asked for; use one type for each cache");
        }
        return cast(value);
    }

    @Override
    public <T> @Nullable T get(Object given, Callable<T> valueLoader) {
        Object key = MethodKeys.of(cache, given);
        try {
            Object value = transactions.hasTouched(cache, key)
                    ? valueLoader.call()
                    : cache.get(key, new Call(valueLoader), EntryOptions.none()).orElse(null);
            return cast(value);
        } catch (Exception e) {
            throw new ValueRetrievalException(given, valueLoader, ownCause(e));
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object given) {
        Object key = MethodKeys.of(cache, given);
        if (isShared && !transactions.isActive()) {
            // Whoever asks may be on a thread that mustn't wait; one with a transaction may.
            return changes.elsewhere(() -> find(key));
        }
        ValueWrapper found = find(key);
        if (found != null) {
            return CompletableFuture.completedFuture(found);
        }
        // Only what must not be published is noted: a put on another thread would never find it.
        if (loadsAlone()) {
            openLoads.missed(cache, key, null, true);
        }
        return null;
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object given, Supplier<CompletableFuture<T>> valueLoader) {
        Object key = MethodKeys.of(cache, given);
        if (transactions.hasTouched(cache, key)) {
            return valueLoader.get();
        }
        CompletableFuture<@Nullable Object> value =
                Stages.content(cache.composeAsync(key, new AsyncCall(valueLoader), loaded -> EntryOptions.none()));
        return cast(value);
    }

    @Override
    public void put(Object given, @Nullable Object value) {
        Object key = MethodKeys.of(cache, given);
        CacheChange.Put put = new CacheChange.Put(cache, key, Optional.ofNullable(value), EntryOptions.none());
        openLoads
                .take(cache, key)
                .filter(this::mayBeOf)
                .ifPresentOrElse(load -> publish(load, put), () -> transactions.make(put));
    }

    /**
     * Whether a put may be the end of a load. A miss from before this transaction, or from one that has ended, belongs to
     * a method that failed or had nothing to cache. And a writer has to see every put, at worst with what was just read.
     */
    private boolean mayBeOf(OpenLoads.OpenLoad load) {
        return load.inTransaction() == transactions.isActive() && !CacheChanges.writes(cache);
    }

    /**
     * Caches what was put after a miss, and is taken for a load. In case it wasn't one, a key whose value can't be
     * published is dropped, which is right for both.
     */
    private void publish(OpenLoads.OpenLoad load, CacheChange.Put put) {
        CacheTicket<Object, Object> ticket = load.pending();
        if (ticket == null) {
            if (!transactions.isReadOnly()) {
                transactions.make(new CacheChange.Drop(cache, Set.of(put.key())));
            }
            return;
        }
        // Not as a load of the cache's own, which would let an older one that is still running overwrite it.
        changes.confirmed(
                cache, true, () -> ticket.put(put.key(), put.value(), put.options()) || cache.invalidate(put.key()));
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object given, @Nullable Object value) {
        Object key = MethodKeys.of(cache, given);
        Optional<CacheEntry<Object>> there = transactions.hasTouched(cache, key) ? Optional.empty() : cache.entry(key);
        if (there.isPresent() && (value == null || there.get().value().isPresent())) {
            return wrapped(there.get());
        }
        if (value == null) {
            transactions.make(new CacheChange.Put(cache, key, Optional.empty(), EntryOptions.none()));
            return null;
        }
        if (transactions.isActive()) {
            transactions.make(new CacheChange.PutIfAbsent(cache, key, value));
            return null;
        }
        return changes.confirmed(cache, Optional.empty(), () -> cache.putIfAbsent(key, value))
                .map(SimpleValueWrapper::new)
                .orElse(null);
    }

    @Override
    public void evict(Object given) {
        Object key = MethodKeys.of(cache, given);
        transactions.make(new CacheChange.Drop(cache, Set.of(key)));
    }

    /** At once, as Spring demands, and again after the commit: until then others may load the old value. */
    @Override
    public boolean evictIfPresent(Object given) {
        Object key = MethodKeys.of(cache, given);
        if (mustNotWait()) {
            evict(key);
            return true;
        }
        boolean present = changes.confirmed(cache, false, () -> cache.invalidate(key));
        if (transactions.isActive()) {
            evict(key);
        }
        return present;
    }

    @Override
    public void clear() {
        transactions.make(new CacheChange.Clear(cache));
    }

    /** At once and again after the commit, as {@link #evictIfPresent}. */
    @Override
    public boolean invalidate() {
        if (mustNotWait()) {
            clear();
            return true;
        }
        boolean any = cache.stats().size() > 0;
        changes.confirmed(cache, true, () -> {
            cache.clear();
            return true;
        });
        if (transactions.isActive()) {
            clear();
        }
        return any;
    }

    private @Nullable ValueWrapper find(Object key) {
        return transactions.hasTouched(cache, key)
                ? null
                : cache.entry(key).map(SpringCache::wrapped).orElse(null);
    }

    private boolean mustNotWait() {
        return isShared && !BlockingThreads.mayBlock();
    }

    private boolean loadsAlone() {
        return transactions.isActive() && !cache.policy().safeInTransactions();
    }

    private static ValueWrapper wrapped(CacheEntry<Object> entry) {
        return new SimpleValueWrapper(entry.value().orElse(null));
    }

    /** What the loader threw, where the cache had to wrap it. */
    private static Throwable ownCause(Exception failure) {
        return failure.getClass() == CacheLoadException.class
                ? Objects.requireNonNullElse(failure.getCause(), failure)
                : failure;
    }

    /** The rest of one call: what comes after Spring's cache would be left out if it were gone on with a second time. */
    private record Call(Callable<?> rest) implements CacheLoader<Object, Object> {

        @Override
        public @Nullable Object load(Object key) throws Exception {
            return rest.call();
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }
    }

    /** The same of one that brings a future. */
    private record AsyncCall(Supplier<? extends CompletionStage<?>> rest) implements AsyncCacheLoader<Object, Object> {

        @Override
        public CompletionStage<?> load(Object key) {
            return rest.get();
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }
    }

    // Whether T may be null is the callers' to say, as everywhere in Spring's Cache.
    @SuppressWarnings({"unchecked", "NullAway"})
    private static <T> T cast(@Nullable Object value) {
        return (T) value;
    }
}
