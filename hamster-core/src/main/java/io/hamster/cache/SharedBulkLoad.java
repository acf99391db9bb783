package io.hamster.cache;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * One load of several keys of a shared cache: asks the shared tier for all of them at once and loads what isn't there by
 * one call. Keys that other instances are loading come last, so that nobody waits for another while others wait for it.
 */
final class SharedBulkLoad<K, V> implements BulkCacheLoader<TextKey<K>, V> {

    private final SharedReads<K, V> reads;
    private final CacheRuntime runtime;
    private final BulkCacheLoader<K, V> loader;
    private final Function<Optional<V>, EntryOptions> wanted = new FixedOptions<>(EntryOptions.none());
    private final Map<TextKey<K>, EntryOptions> own = new HashMap<>();

    SharedBulkLoad(SharedReads<K, V> reads, CacheRuntime runtime, BulkCacheLoader<K, V> loader) {
        this.reads = reads;
        this.runtime = runtime;
        this.loader = loader;
    }

    /** One that neither asks the shared tier nor brings anything there. */
    static <K, V> BulkCacheLoader<TextKey<K>, V> alone(BulkCacheLoader<K, V> loader) {
        return keys -> {
            Map<K, TextKey<K>> texts = new LinkedHashMap<>();
            keys.forEach(key -> texts.put(key.known(), key));
            Map<TextKey<K>, V> values = new LinkedHashMap<>();
            loader.loadAll(Collections.unmodifiableSet(texts.keySet())).forEach((key, value) -> {
                TextKey<K> text = texts.get(key);
                if (text != null) {
                    values.put(text, value);
                }
            });
            return values;
        };
    }

    /** The options with which a key's value is kept in this JVM, once all are loaded. */
    Function<Optional<V>, EntryOptions> options(TextKey<K> key) {
        return new FixedOptions<>(own.getOrDefault(key, EntryOptions.uncached()));
    }

    @Override
    public Map<TextKey<K>, V> loadAll(Set<? extends TextKey<K>> keys) throws Exception {
        Map<TextKey<K>, V> values = new LinkedHashMap<>();
        Set<TextKey<K>> open = new LinkedHashSet<>(keys);
        for (int attempt = 0; !open.isEmpty(); attempt++) {
            Map<K, Lease> mine = ask(open, values);
            if (!mine.isEmpty()) {
                loadMine(mine, values);
                attempt = 0;
            }
            if (!open.isEmpty()) {
                StoreAnswers.await(reads.pause(attempt, open.size()));
            }
        }
        return values;
    }

    /** Takes from the open keys those that were found, and those that are to be loaded. */
    private Map<K, Lease> ask(Set<TextKey<K>> open, Map<TextKey<K>, V> values) throws InterruptedException {
        Map<K, Lease> mine = new LinkedHashMap<>();
        Map<TextKey<K>, SharedReads.Question<V>> asked = new LinkedHashMap<>();
        Set<TextKey<K>> unanswered = new LinkedHashSet<>(open);
        boolean isDone = false;
        try {
            open.forEach(key -> asked.put(key, reads.question(key)));
            for (Map.Entry<TextKey<K>, SharedReads.Question<V>> each : asked.entrySet()) {
                TextKey<K> key = each.getKey();
                unanswered.remove(key);
                Found<V> found = reads.answer(key, each.getValue(), false, wanted);
                if (found instanceof Found.Hit<V> hit) {
                    own.put(key, hit.options());
                    Optional.ofNullable(hit.value()).ifPresent(value -> values.put(key, value));
                    open.remove(key);
                } else if (found instanceof Found.Missing<V> missing) {
                    mine.put(key.known(), missing.lease());
                    open.remove(key);
                }
            }
            isDone = true;
        } finally {
            if (!isDone) {
                mine.values().forEach(reads::abandon);
                asked.keySet().retainAll(unanswered);
                asked.forEach(reads::withdraw);
            }
        }
        return mine;
    }

    private void loadMine(Map<K, Lease> leases, Map<TextKey<K>, V> values) throws Exception {
        boolean isKept = false;
        try {
            long began = runtime.time().nanoTime();
            Map<? extends K, ? extends V> loaded = loader.loadAll(Collections.unmodifiableSet(leases.keySet()));
            Map<TextKey<K>, CompletionStage<EntryOptions>> kept = new LinkedHashMap<>();
            leases.forEach((key, lease) -> {
                @SuppressWarnings("unchecked")
                TextKey<K> text = (TextKey<K>) lease.key();
                V value = loaded.get(key);
                kept.put(text, reads.keep(lease, Optional.ofNullable(value), EntryOptions.none(), began));
                if (value != null) {
                    values.put(text, value);
                }
            });
            for (Map.Entry<TextKey<K>, CompletionStage<EntryOptions>> each : kept.entrySet()) {
                own.put(each.getKey(), StoreAnswers.await(each.getValue()));
            }
            isKept = true;
        } finally {
            if (!isKept) {
                leases.values().forEach(reads::abandon);
            }
        }
    }
}
