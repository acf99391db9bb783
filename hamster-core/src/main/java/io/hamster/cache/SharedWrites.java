package io.hamster.cache;

import io.hamster.cache.SharedChanges.Put;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What callers put into a shared cache or delete from it: through the writer, if there is one, and then everywhere. */
final class SharedWrites<K, V> {

    private static final int BATCH = 100;

    /** So often a value is put in place of one that cannot be read and that is another each time. */
    private static final int MOST_ATTEMPTS = 8;

    private final String cache;
    private final boolean isRelay;
    private final KeyTexts<K> texts;
    private final LocalTier<TextKey<K>, V> tier;
    private final StoredValues<V> values;
    private final SharedReads<K, V> reads;
    private final Peeks<K, V> peeks;
    private final SharedChanges<K, V> changes;
    private final KeyGuard<K> guard;
    private final WriteThrough<K, V> writer;
    private final @Nullable SharedWriteBack<K, V> back;
    private final Counters counters;

    /**
     * Makes the writes of a cache.
     *
     * @param back {@code null} if it doesn't write back
     */
    SharedWrites(
            String cache,
            CachePolicy policy,
            KeyTexts<K> texts,
            LocalTier<TextKey<K>, V> tier,
            StoredValues<V> values,
            SharedReads<K, V> reads,
            Peeks<K, V> peeks,
            SharedChanges<K, V> changes,
            KeyGuard<K> guard,
            @Nullable SharedWriteBack<K, V> back,
            Counters counters) {
        this.cache = cache;
        this.isRelay = policy.tier() == Tier.LOCAL;
        this.texts = texts;
        this.tier = tier;
        this.values = values;
        this.reads = reads;
        this.peeks = peeks;
        this.changes = changes;
        this.guard = guard;
        this.writer = new WriteThrough<>(cache, PolicyParts.writer(policy));
        this.back = back;
        this.counters = counters;
    }

    void put(K key, V value, EntryOptions options) {
        if (back != null) {
            required(key, value);
            putBack(back, Map.of(key, value), options);
            return;
        }
        change(Map.of(key, prepared(key, value, options)), to -> to.write(key, value));
    }

    void putAll(Map<? extends K, ? extends V> all) {
        if (back != null) {
            putAllBack(back, all);
            return;
        }
        Map<K, Put<K, V>> batch = new LinkedHashMap<>();
        List<Map<K, Put<K, V>>> batches = new ArrayList<>();
        all.forEach((key, value) -> {
            if (batch.size() == BATCH) {
                batches.add(new LinkedHashMap<>(batch));
                batch.clear();
            }
            batch.put(key, prepared(key, value, EntryOptions.none()));
        });
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        batches.forEach(puts -> change(puts, to -> {
            Map<K, V> written = new LinkedHashMap<>();
            puts.keySet().forEach(key -> written.put(key, all.get(key)));
            to.writeAll(Collections.unmodifiableMap(written));
        }));
    }

    private void putAllBack(SharedWriteBack<K, V> back, Map<? extends K, ? extends V> all) {
        all.forEach(this::required);
        Map<K, V> batch = new LinkedHashMap<>();
        all.forEach((key, value) -> {
            batch.put(key, value);
            if (batch.size() == back.atMost(BATCH)) {
                putBack(back, batch, EntryOptions.none());
                batch.clear();
            }
        });
        if (!batch.isEmpty()) {
            putBack(back, batch, EntryOptions.none());
        }
    }

    private void putBack(SharedWriteBack<K, V> back, Map<K, V> values, EntryOptions options) {
        // Before anyone may ask for them: a key that isn't journalled after all does no harm in the filter.
        values.keySet().forEach(guard::add);
        back.put(values, options);
        counters.sets.add(values.size());
    }

    /** With a writer, what another instance changes at the same time is found out by the store's tickets. */
    private void change(Map<K, Put<K, V>> puts, WriteThrough.Write<CacheWriter<? super K, ? super V>> write) {
        List<Put<K, V>> all = List.copyOf(puts.values());
        writer.inOrder(puts.keySet(), () -> {
            if (!writer.isThrough()) {
                puts.keySet().forEach(guard::add);
                changes.put(all);
                return;
            }
            Map<TextKey<K>, Ticket> tickets = changes.tickets(all);
            try {
                writer.call(write);
            } catch (Throwable e) {
                reads.decline(tickets);
                if (all.size() > 1) {
                    puts.keySet().forEach(guard::add);
                    dropAfter(e, all);
                }
                throw e;
            }
            puts.keySet().forEach(guard::add);
            changes.putWritten(all, tickets);
        });
    }

    /** The source may have some of them, and nobody knows which. */
    private void dropAfter(Throwable failure, List<Put<K, V>> puts) {
        try {
            changes.invalidate(puts.stream().map(Put::key).toList());
        } catch (CacheStoreUnavailableException e) {
            failure.addSuppressed(e);
        }
    }

    Optional<V> putIfAbsent(K key, V value) {
        if (back != null) {
            required(key, value);
            guard.add(key);
            Optional<V> found = back.putIfAbsent(key, value);
            counters.sets.add(found.isEmpty() ? 1 : 0);
            return found;
        }
        Put<K, V> put = prepared(key, value, EntryOptions.none());
        if (!writer.isThrough()) {
            guard.add(key);
            return isRelay ? changes.putIfAbsentHere(put) : putUnlessStored(put);
        }
        return writer.inOrder(Set.of(key), () -> {
            Slot<V> slot = tier.live(put.key());
            Slot<V> there = slot != null ? slot : peeks.forWrite(put.key());
            if (there != null && there.value != null) {
                return there.optional();
            }
            change(Map.of(key, put), to -> to.write(key, value));
            return Optional.empty();
        });
    }

    private Optional<V> putUnlessStored(Put<K, V> put) {
        Optional<StoredEntry> there = Optional.empty();
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            // What nobody can read is no value, but another may have taken its place by now.
            there = changes.putIfAbsent(put, there);
            Optional<V> found = readable(there);
            if (there.isEmpty() || found.isPresent()) {
                return found;
            }
        }
        throw new CacheStoreUnavailableException(
                "Cache '" + cache + "' put nothing for " + CacheKeys.shortened(put.key())
                        + ": something else that it can't read was there each of " + MOST_ATTEMPTS + " times",
                null);
    }

    private Optional<V> readable(Optional<StoredEntry> entry) {
        return entry.map(values::value).flatMap(readable -> readable);
    }

    Optional<V> delete(K key) {
        TextKey<K> text = texts.required(key);
        if (back != null) {
            Optional<V> found = back.delete(key);
            counters.deletes.add(found.isPresent() ? 1 : 0);
            return found;
        }
        return writer.inOrder(Set.of(key), () -> {
            writer.call(to -> to.delete(key));
            if (isRelay) {
                Slot<V> here = changes.takeHere(text);
                return here == null ? Optional.empty() : here.optional();
            }
            return readable(changes.take(text));
        });
    }

    private Put<K, V> prepared(K key, @Nullable V value, EntryOptions options) {
        return changes.prepared(required(key, value), value, options);
    }

    private TextKey<K> required(K key, @Nullable V value) {
        TextKey<K> text = texts.required(key);
        if (value == null) {
            throw new InvalidCacheValueException("The value for " + CacheKeys.shortened(text) + " in cache '" + cache
                    + "' is null; use putAbsent to remember that there is none");
        }
        return text;
    }
}
