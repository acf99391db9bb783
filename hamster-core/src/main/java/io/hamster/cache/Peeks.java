package io.hamster.cache;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads of the shared tier that load nothing. One that only relays loads has nothing for them. */
final class Peeks<K, V> {

    private final String cache;
    private final CacheRuntime runtime;
    private final boolean isRelay;
    private final boolean keepsExpired;
    private final SharedReads<K, V> reads;
    private final Counters counters;

    Peeks(String cache, CachePolicy policy, CacheRuntime runtime, SharedReads<K, V> reads, Counters counters) {
        this.cache = cache;
        this.runtime = runtime;
        this.isRelay = policy.tier() == Tier.LOCAL;
        this.keepsExpired = !isRelay && policy.staleOnError().isPresent();
        this.reads = reads;
        this.counters = counters;
    }

    /** What a write has to know, which counts as no read. */
    @Nullable
    Slot<V> forWrite(TextKey<K> key) {
        return isRelay ? null : answer(key, reads.question(key), false);
    }

    @Nullable
    Slot<V> one(TextKey<K> key) {
        return one(key, false);
    }

    /**
     * The same.
     *
     * @param isLoadedNext whether what has expired there is kept in case the load fails that its caller begins otherwise
     */
    @Nullable
    Slot<V> one(TextKey<K> key, boolean isLoadedNext) {
        return isRelay ? counted(null) : counted(key, reads.question(key), isLoadedNext);
    }

    /** Replaces the answers for these keys by what is found. */
    void all(Collection<TextKey<K>> keys, Map<TextKey<K>, Optional<V>> answers, boolean areLoadedNext) {
        if (isRelay) {
            counters.misses.add(keys.size());
            return;
        }
        Map<TextKey<K>, SharedReads.Question<V>> asked = new LinkedHashMap<>();
        Set<TextKey<K>> unanswered = new LinkedHashSet<>(keys);
        try {
            keys.forEach(key -> asked.put(key, reads.question(key)));
            asked.forEach((key, question) -> {
                unanswered.remove(key);
                Slot<V> slot = counted(key, question, areLoadedNext);
                if (slot != null) {
                    answers.put(key, slot.optional());
                }
            });
        } finally {
            asked.keySet().retainAll(unanswered);
            asked.forEach(reads::withdraw);
        }
    }

    CompletableFuture<Optional<V>> async(TextKey<K> key) {
        if (isRelay) {
            counted(null);
            return CompletableFuture.completedFuture(Optional.empty());
        }
        SharedReads.Question<V> question = reads.question(key);
        return question.answer()
                .thenApplyAsync(answer -> peeked(key, answer, question.origin()), runtime.executor())
                .whenComplete((found, failure) -> counters.asked(failure == null && found.isPresent()))
                .thenApply(found ->
                        found.isEmpty() ? Optional.<V>empty() : found.get().optional())
                .toCompletableFuture();
    }

    private Optional<Slot<V>> peeked(TextKey<K> key, SharedReads.Answer<V> answer, Origin origin) {
        return Optional.ofNullable(reads.peeked(key, answer, origin));
    }

    private @Nullable Slot<V> counted(TextKey<K> key, SharedReads.Question<V> question, boolean isLoadedNext) {
        Slot<V> slot = null;
        try {
            slot = answer(key, question, isLoadedNext);
        } finally {
            counted(slot);
        }
        return slot;
    }

    private @Nullable Slot<V> counted(@Nullable Slot<V> slot) {
        counters.asked(slot != null);
        return slot;
    }

    /** Has a load by its caller alone, should it fail, first look for what has expired there. */
    AsyncCacheLoader<TextKey<K>, V> lookingBack(AsyncCacheLoader<K, V> loader) {
        return key -> keepsExpired
                ? begun(key, loader).<@Nullable V>thenApply(value -> value).exceptionallyCompose(failure -> {
                    SharedReads.Question<V> question = reads.question(key);
                    // Its load is over: nobody must wait for another one.
                    reads.withdraw(key, question);
                    return question.answer()
                            .thenAcceptAsync(answer -> reads.keepExpired(key, answer, question), runtime.executor())
                            .handle((kept, unanswered) -> failure)
                            .thenCompose(CompletableFuture::failedFuture);
                })
                : loader.load(key.known());
    }

    /** A loader may also throw what its stage could fail with. */
    private CompletionStage<? extends @Nullable V> begun(TextKey<K> key, AsyncCacheLoader<K, V> loader) {
        try {
            return Objects.requireNonNull(loader.load(key.known()), "the loader returned no stage");
        } catch (Throwable e) {
            Loads.keepInterrupt(e);
            return CompletableFuture.failedFuture(e);
        }
    }

    private @Nullable Slot<V> answer(TextKey<K> key, SharedReads.Question<V> question, boolean isLoadedNext) {
        try {
            return reads.peeked(key, question, isLoadedNext);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheLoadInterruptedException(
                    "Interrupted while cache '" + cache + "' asked the shared tier for " + CacheKeys.shortened(key), e);
        }
    }
}
