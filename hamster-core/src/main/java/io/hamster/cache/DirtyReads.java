package io.hamster.cache;

import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks the journal of a shared cache for dirty writes. A key of which the journal says nothing, since it can't be asked,
 * isn't clean: the source may have an older value, so such a read fails.
 */
record DirtyReads<K, V>(String cache, SharedJournal journal, Marshal<K, V> marshal) {

    /** Fails with {@link CacheStoreUnavailableException} if the journal doesn't answer. */
    CompletionStage<Optional<JournalRecord>> find(K key) {
        return journal.find(bytes(key)).handle((record, failure) -> {
            if (failure != null) {
                throw new CacheStoreUnavailableException(
                        "Cache '" + cache + "' can't tell whether the source has the latest value, since its journal"
                                + " doesn't answer: "
                                + StoreAnswers.unavailable(failure).getMessage(),
                        failure);
            }
            return record;
        });
    }

    byte[] bytes(K key) {
        return marshal.change(key, Optional.empty()).key();
    }

    Optional<V> value(JournalRecord record) {
        return marshal.value(record.change());
    }

    boolean isDirty(K key) {
        return join(find(key)).isPresent();
    }

    /** Has a load ask the journal first. */
    AsyncCacheLoader<K, V> before(AsyncCacheLoader<? super K, ? extends V> loader) {
        return key -> find(key).thenCompose(dirty -> {
            if (dirty.isPresent()) {
                return CompletableFuture.<@Nullable V>completedFuture(
                        value(dirty.get()).orElse(null));
            }
            try {
                return loader.load(key).<@Nullable V>thenApply(value -> value);
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    /** Has a load ask the journal first. */
    BulkCacheLoader<K, V> beforeAll(BulkCacheLoader<K, V> loader) {
        return keys -> {
            Map<K, CompletionStage<Optional<JournalRecord>>> asked = new LinkedHashMap<>();
            keys.forEach(key -> asked.put(key, find(key)));
            Map<K, V> values = new HashMap<>();
            Set<K> clean = new HashSet<>();
            asked.forEach((key, answer) -> join(answer)
                    .ifPresentOrElse(
                            record -> value(record).ifPresent(value -> values.put(key, value)), () -> clean.add(key)));
            if (!clean.isEmpty()) {
                values.putAll(loader.loadAll(clean));
            }
            return values;
        };
    }

    private static <T> T join(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw StoreAnswers.unavailable(e);
        }
    }
}
