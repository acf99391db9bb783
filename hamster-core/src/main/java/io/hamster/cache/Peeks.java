package io.hamster.cache;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads of the shared tier that load nothing. One that only relays loads has nothing for them. */
final class Peeks<K, V> {

    private final String cache;
    private final CacheRuntime runtime;
    private final boolean isRelay;
    private final SharedReads<K, V> reads;

    Peeks(String cache, CachePolicy policy, CacheRuntime runtime, SharedReads<K, V> reads) {
        this.cache = cache;
        this.runtime = runtime;
        this.isRelay = policy.tier() == Tier.LOCAL;
        this.reads = reads;
    }

    @Nullable
    Slot<V> one(TextKey<K> key) {
        return isRelay ? null : answer(key, reads.question(key));
    }

    /** Replaces the answers for these keys by what is found. */
    void all(Collection<TextKey<K>> keys, Map<TextKey<K>, Optional<V>> answers) {
        if (isRelay) {
            return;
        }
        Map<TextKey<K>, SharedReads.Question<V>> asked = new LinkedHashMap<>();
        keys.forEach(key -> asked.put(key, reads.question(key)));
        asked.forEach((key, question) -> {
            Slot<V> slot = answer(key, question);
            if (slot != null) {
                answers.put(key, slot.optional());
            }
        });
    }

    CompletableFuture<Optional<V>> async(TextKey<K> key) {
        if (isRelay) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        SharedReads.Question<V> question = reads.question(key);
        return question.answer()
                .thenApplyAsync(
                        answer -> {
                            Slot<V> slot = reads.peeked(key, answer, question.origin());
                            return slot == null ? Optional.<V>empty() : slot.optional();
                        },
                        runtime.executor())
                .toCompletableFuture();
    }

    private @Nullable Slot<V> answer(TextKey<K> key, SharedReads.Question<V> question) {
        try {
            return reads.peeked(key, question);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheLoadInterruptedException(
                    "Interrupted while cache '" + cache + "' asked the shared tier for " + CacheKeys.shortened(key), e);
        }
    }
}
