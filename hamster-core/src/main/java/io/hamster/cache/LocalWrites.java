package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What callers write to a cache in this JVM: to the source first if it writes through, or to what is written back. */
final class LocalWrites<K, V> {

    private static final int BATCH = 100;

    private final String name;
    private final TimeSource time;
    private final LocalTier<K, V> tier;
    private final Slots<K, V> slots;
    private final WriteThrough<K, V> through;
    private final @Nullable OwnedWriteBack<K, V> back;
    private final KeyGuard<K> guard;
    private final Counters counters;

    LocalWrites(
            String name,
            CachePolicy policy,
            TimeSource time,
            LocalTier<K, V> tier,
            Slots<K, V> slots,
            @Nullable OwnedWriteBack<K, V> back,
            KeyGuard<K> guard,
            Counters counters) {
        this.name = name;
        this.time = time;
        this.tier = tier;
        this.slots = slots;
        this.through = new WriteThrough<>(name, PolicyParts.writer(policy));
        this.back = back;
        this.guard = guard;
        this.counters = counters;
    }

    void put(K key, V value, EntryOptions options) {
        requireEntry(key, value);
        if (back != null) {
            putBack(back, Map.of(key, value), options);
            return;
        }
        through.inOrder(Set.of(key), () -> {
            through.call(writer -> writer.write(key, value));
            store(key, value, options);
        });
    }

    void putAll(Map<? extends K, ? extends V> values) {
        values.forEach(this::requireEntry);
        Map<K, V> batch = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            batch.put(key, value);
            if (batch.size() == (back == null ? BATCH : back.atMost(BATCH))) {
                putBatch(batch);
                batch.clear();
            }
        });
        if (!batch.isEmpty()) {
            putBatch(batch);
        }
    }

    private void putBack(OwnedWriteBack<K, V> back, Map<K, V> values, EntryOptions options) {
        // Before anyone may ask for them: a key that isn't journalled after all does no harm in the filter.
        values.keySet().forEach(guard::add);
        back.put(values, options);
        counters.sets.add(values.size());
    }

    private void putBatch(Map<K, V> batch) {
        if (back != null) {
            putBack(back, batch, EntryOptions.none());
            return;
        }
        through.inOrder(batch.keySet(), () -> {
            try {
                through.call(writer -> writer.writeAll(Collections.unmodifiableMap(batch)));
            } catch (Throwable e) {
                if (batch.size() > 1) {
                    // The source may have some of them, and nobody knows which.
                    batch.keySet().forEach(guard::add);
                    batch.keySet().forEach(tier::invalidate);
                }
                throw e;
            }
            // The source may have all of them: one that can't be cached mustn't leave the others as they were.
            Steps steps = new Steps();
            batch.forEach((key, value) -> steps.take(() -> store(key, value, EntryOptions.none())));
            steps.end();
        });
    }

    Optional<V> putIfAbsent(K key, V value) {
        requireEntry(key, value);
        if (back != null) {
            guard.add(key);
            Optional<V> found = back.putIfAbsent(key, value);
            if (found.isEmpty()) {
                counters.sets.increment();
            }
            return found;
        }
        if (!through.isThrough()) {
            guard.add(key);
            Slot<V> found = tier.putIfAbsent(key, () -> slot(key, value, EntryOptions.none()));
            if (found == null) {
                counters.sets.increment();
            }
            return found == null ? Optional.empty() : found.optional();
        }
        return through.inOrder(Set.of(key), () -> {
            Slot<V> there = tier.live(key);
            if (there != null && there.value != null) {
                return there.optional();
            }
            through.call(writer -> writer.write(key, value));
            // Whatever a load published since then is older than what the source has now.
            store(key, value, EntryOptions.none());
            return Optional.empty();
        });
    }

    void putAbsent(K key) {
        CacheKeys.requireKey(key);
        tier.put(key, () -> slots.make(key, null, EntryOptions.none(), tier.origin(), time.nanoTime()));
    }

    /** Deletes a value here and at the source; returns what was here. */
    Optional<V> delete(K key) {
        CacheKeys.requireKey(key);
        if (back != null) {
            Optional<V> found = back.delete(key);
            counters.deletes.add(found.isPresent() ? 1 : 0);
            return found;
        }
        return through.inOrder(Set.of(key), () -> {
            through.call(writer -> writer.delete(key));
            Slot<V> slot = tier.invalidate(key);
            return slot == null ? Optional.<V>empty() : slot.optional();
        });
    }

    private void requireEntry(K key, @Nullable V value) {
        CacheKeys.requireKey(key);
        if (value == null) {
            throw new InvalidCacheValueException("The value for " + CacheKeys.shortened(key) + " in cache '" + name
                    + "' is null; use putAbsent to remember that there is none");
        }
    }

    private void store(K key, V value, EntryOptions options) {
        try {
            guard.add(key);
            tier.put(key, () -> slot(key, value, options));
        } catch (Throwable e) {
            // The weigher failed, with an error perhaps. The source may have the new value already, so that the old
            // one can't stay.
            tier.invalidate(key);
            throw e;
        }
        counters.sets.increment();
    }

    private @Nullable Slot<V> slot(K key, V value, EntryOptions options) {
        return slots.make(key, value, options, tier.origin(), time.nanoTime());
    }
}
