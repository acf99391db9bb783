package io.hamster.cache;

import io.hamster.cache.invalidation.Invalidation;
import io.hamster.cache.invalidation.Invalidation.Scope;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes a shared cache: first the store, then this JVM's tier, then the other instances are told. A value enters this
 * JVM's tier only if nothing has touched its key since before the store was asked: another instance's later put, whose
 * message came in between, would be hidden by it for good.
 */
final class SharedChanges<K, V> {

    private static final Logger log = LoggerFactory.getLogger(SharedChanges.class);
    private static final int SUBJECTS_AT_ONCE = 500;

    private final String cache;
    private final boolean keepsHere;
    private final boolean isRelay;
    private final boolean tellsOthers;
    private final CacheRuntime runtime;
    private final LocalTier<TextKey<K>, V> tier;
    private final Slots<TextKey<K>, V> slots;
    private final RemoteTier remote;
    private final StoredValues<V> values;
    private final Consumer<Invalidation> others;
    private final Counters counters;

    /**
     * Makes changes of a cache.
     *
     * @param others tells the other instances
     */
    SharedChanges(
            String cache,
            CachePolicy policy,
            CacheRuntime runtime,
            LocalTier<TextKey<K>, V> tier,
            Slots<TextKey<K>, V> slots,
            RemoteTier remote,
            StoredValues<V> values,
            Consumer<Invalidation> others,
            Counters counters) {
        this.cache = cache;
        this.keepsHere = policy.tier() != Tier.REMOTE;
        this.isRelay = policy.tier() == Tier.LOCAL;
        this.tellsOthers = policy.tellsOthers();
        this.runtime = runtime;
        this.tier = tier;
        this.slots = slots;
        this.remote = remote;
        this.values = values;
        this.others = others;
        this.counters = counters;
    }

    /**
     * A value on its way.
     *
     * @param value {@code null} for an absence
     * @param entry {@code null} if the store is to keep nothing
     */
    record Put<K, V>(
            TextKey<K> key,
            @Nullable V value,
            EntryOptions options,
            @Nullable StoredEntry entry) {}

    /** A value that the store was asked to keep, and the moment before. */
    private record Asked<K, V>(Put<K, V> put, Origin origin, CompletionStage<Boolean> answer) {}

    /** Encodes a value, which may fail, before anything is changed. */
    Put<K, V> prepared(TextKey<K> key, @Nullable V value, EntryOptions options) {
        StoredEntry entry = isRelay ? null : values.entry(Optional.ofNullable(value), options, Duration.ZERO);
        return new Put<>(key, value, options, entry);
    }

    /**
     * Takes the store's tickets for keys that are about to be written to their source. Those it can't give are missing, and
     * those of keys of which it will keep nothing.
     */
    Map<TextKey<K>, Ticket> tickets(Collection<Put<K, V>> puts) {
        Map<TextKey<K>, CompletionStage<Optional<Ticket>>> asked = new LinkedHashMap<>();
        puts.stream()
                .filter(put -> put.entry != null)
                .forEach(put -> asked.put(put.key, remote.ticket(put.key.text())));
        Map<TextKey<K>, Ticket> tickets = new LinkedHashMap<>();
        asked.forEach(
                (key, answer) -> answer.toCompletableFuture().join().ifPresent(ticket -> tickets.put(key, ticket)));
        return tickets;
    }

    /** Puts values whatever there is. */
    void put(List<Put<K, V>> puts) {
        change(
                puts,
                put -> put.entry == null
                        ? remote.invalidate(List.of(put.key.text())).thenApply(count -> false)
                        : remote.put(put.key.text(), put.entry).thenApply(done -> true));
    }

    /** Remembers that a key has no value, or drops what there is if absences aren't kept. */
    void putAbsent(TextKey<K> key) {
        put(List.of(prepared(key, null, EntryOptions.none())));
    }

    /**
     * Puts values that were written to their source after the tickets were given. Those that the store refuses, because
     * somebody else was writing them too, are dropped everywhere: nobody knows which write came last.
     */
    void putWritten(List<Put<K, V>> puts, Map<TextKey<K>, Ticket> tickets) {
        change(puts, put -> {
            Ticket ticket = tickets.get(put.key);
            String text = put.key.text();
            // What is kept under a ticket makes up for nothing: a change that is pending by now came later.
            return put.entry == null || ticket == null
                    ? remote.invalidate(List.of(text)).thenApply(count -> false)
                    : remote.store()
                            .publish(text, put.entry, ticket)
                            .thenCompose(kept -> kept
                                    ? CompletableFuture.completedFuture(true)
                                    : remote.invalidate(List.of(text)).thenApply(count -> false));
        });
    }

    /** Makes each change in the store, which says whether it holds the value now, and then the rest for all. */
    private void change(List<Put<K, V>> puts, Function<Put<K, V>, CompletionStage<Boolean>> inStore) {
        List<Asked<K, V>> all = new ArrayList<>();
        for (Put<K, V> put : puts) {
            Origin origin = tier.origin();
            CompletionStage<Boolean> answer =
                    remote.isClosed() ? CompletableFuture.completedFuture(false) : inStore.apply(put);
            all.add(new Asked<>(put, origin, answer));
        }
        // An error, too, mustn't keep the rest from being dropped here and everywhere.
        Steps steps = new Steps();
        for (Asked<K, V> asked : all) {
            Put<K, V> put = asked.put;
            boolean isStored = steps.take(false, () -> remote.change(List.of(put.key.text()), false, asked::answer));
            steps.take(() -> {
                keep(put, asked.origin, isRelay || isStored);
                if (put.value != null) {
                    counters.sets.increment();
                }
            });
        }
        tell(puts.stream().map(Put::key).toList());
        steps.end();
    }

    /**
     * Shows what has been journalled. The store keeps none of it, and nothing that was loaded before; if it can't be told,
     * that is pending, but the write has been taken.
     *
     * @param origin from before they were
     */
    void journalled(List<Put<K, V>> puts, Origin origin) {
        List<TextKey<K>> keys = puts.stream().map(Put::key).toList();
        List<String> texts = keys.stream().map(TextKey::text).toList();
        try {
            remote.change(texts, 0L, () -> remote.invalidate(texts));
        } catch (CacheStoreUnavailableException e) {
            log.debug("Cache '{}' has journalled what the shared tier doesn't know yet", cache, e);
        }
        Steps steps = new Steps();
        puts.forEach(put -> steps.take(() -> keep(put, origin, true)));
        tell(keys);
        steps.end();
    }

    /**
     * Drops everywhere what the journal is about to forget: whoever wrote it may have died before it could tell.
     *
     * @throws CacheStoreUnavailableException if the store hasn't confirmed it; then the journal must keep it
     */
    void flushed(List<TextKey<K>> keys) {
        List<String> texts = keys.stream().map(TextKey::text).toList();
        inStoreThenHere(
                () -> remote.change(texts, 0L, () -> remote.invalidate(texts)),
                () -> keys.forEach(tier::supersede),
                () -> tell(keys));
    }

    /** The others are told though this JVM's tier may not be able to keep it. */
    void keepAndTell(Put<K, V> put, Origin origin, boolean fits) {
        try {
            keep(put, origin, fits);
        } finally {
            tell(List.of(put.key));
        }
    }

    /** Brings a value that the store holds to this JVM's tier. */
    private void keep(Put<K, V> put, Origin origin, boolean fits) {
        if (!fits || !keepsHere) {
            tier.drop(put.key);
            return;
        }
        boolean isKept = false;
        try {
            isKept = isRelay
                    ? keepRelayed(put)
                    : tier.publish(put.key, origin, slot(put, origin), put.options.tags(), true);
        } finally {
            if (!isKept) {
                tier.drop(put.key);
            }
        }
    }

    /** What is only here has nothing elsewhere that it might hide. */
    private boolean keepRelayed(Put<K, V> put) {
        tier.put(put.key, () -> slot(put, tier.origin()));
        return true;
    }

    @Nullable
    Slot<V> slot(Put<K, V> put, Origin origin) {
        EntryOptions options = put.entry == null ? put.options : put.options.lasting(put.entry.ttl());
        return slots.make(put.key, put.value, options, origin, runtime.time().nanoTime());
    }

    /**
     * Puts a value unless the store has one; returns that one, which may be one that can't be read any more.
     *
     * @param rejected one that was returned before and can't be: it gives way
     */
    Optional<StoredEntry> putIfAbsent(Put<K, V> put, Optional<StoredEntry> rejected) {
        Origin origin = tier.origin();
        StoredEntry entry = put.entry;
        if (entry == null) {
            return Optional.empty();
        }
        boolean isChanged = true;
        boolean fits = false;
        try {
            Optional<StoredEntry> there = remote.change(
                    List.of(put.key.text()),
                    Optional.empty(),
                    () -> remote.putIfAbsent(put.key.text(), entry, rejected));
            isChanged = there.isEmpty();
            fits = isChanged;
            return there;
        } finally {
            if (isChanged) {
                keepAndTell(put, origin, fits);
            }
            if (fits) {
                counters.sets.increment();
            }
        }
    }

    /** Puts a value unless this JVM's tier has one, where the store only relays loads; returns that one. */
    Optional<V> putIfAbsentHere(Put<K, V> put) {
        List<String> text = List.of(put.key.text());
        Slot<V> there = tier.putIfAbsent(put.key, () -> slot(put, tier.origin()));
        if (there == null) {
            counters.sets.increment();
            remote.change(text, 0L, () -> remote.invalidate(text));
            tell(List.of(put.key));
        }
        return there == null ? Optional.empty() : there.optional();
    }

    /** Drops keys; returns how many of them a read would have found in the store. */
    long invalidate(List<TextKey<K>> keys) {
        List<String> texts = keys.stream().map(TextKey::text).toList();
        AtomicLong there = new AtomicLong();
        return inStoreThenHere(
                () -> {
                    there.set(remote.change(texts, 0L, () -> remote.invalidate(texts)));
                    return there.get();
                },
                () -> countDeleted(isRelay ? 0 : there.get(), dropHere(keys)),
                () -> tell(keys));
    }

    /** Returns how many of the keys had a value here. */
    private long dropHere(List<TextKey<K>> keys) {
        return keys.stream()
                .map(tier::drop)
                .filter(slot -> slot != null && slot.value != null)
                .count();
    }

    /** Keys are in both tiers, as a rule, or in the store alone; but only those here are known if that is away. */
    private void countDeleted(long there, long here) {
        counters.deletes.add(Math.max(there, here));
    }

    /** Drops a key; returns what the store had. */
    Optional<StoredEntry> take(TextKey<K> key) {
        AtomicReference<Optional<StoredEntry>> there = new AtomicReference<>(Optional.empty());
        return inStoreThenHere(
                () -> {
                    there.set(remote.change(List.of(key.text()), Optional.empty(), () -> remote.take(key.text())));
                    return there.get();
                },
                () -> countDeleted(there.get().isPresent() ? 1 : 0, dropHere(List.of(key))),
                () -> tell(List.of(key)));
    }

    /** Drops a key where the store only relays loads; returns what a read would have found in this JVM's tier. */
    @Nullable
    Slot<V> takeHere(TextKey<K> key) {
        List<String> text = List.of(key.text());
        AtomicReference<@Nullable Slot<V>> found = new AtomicReference<>();
        inStoreThenHere(
                () -> remote.change(text, 0L, () -> remote.invalidate(text)),
                () -> found.set(tier.invalidate(key)),
                () -> tell(List.of(key)));
        return found.get();
    }

    void invalidateTags(Collection<String> tags) {
        inStoreThenHere(
                () -> remote.changeTags(tags),
                () -> tier.invalidateTags(tags),
                () -> tell(Scope.TAGS, new ArrayList<>(tags)));
    }

    void clear() {
        inStoreThenHere(remote::changeAll, tier::clear, () -> tell(Scope.ALL, List.of()));
    }

    /** What an unconfirmed change leaves in the store isn't read; this JVM and the others drop theirs at any rate. */
    private <T> T inStoreThenHere(Supplier<T> store, Runnable here, Runnable others) {
        try {
            return store.get();
        } finally {
            here.run();
            others.run();
        }
    }

    void tell(Collection<TextKey<K>> keys) {
        tell(Scope.KEYS, keys.stream().map(TextKey::text).toList());
    }

    /** Says that what is meant by some subjects, or by none of them with {@link Scope#ALL}, has changed. */
    void tell(Scope scope, List<String> subjects) {
        if (!tellsOthers) {
            return;
        }
        if (scope == Scope.ALL) {
            others.accept(new Invalidation(cache, scope, Set.of()));
        }
        for (int from = 0; from < subjects.size(); from += SUBJECTS_AT_ONCE) {
            List<String> some = subjects.subList(from, Math.min(subjects.size(), from + SUBJECTS_AT_ONCE));
            others.accept(new Invalidation(cache, scope, new HashSet<>(some)));
        }
    }
}
