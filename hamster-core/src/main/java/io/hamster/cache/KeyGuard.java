package io.hamster.cache;

import io.hamster.cache.bloom.BloomGuard;
import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.cache.bloom.KeyHash;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A cache's Bloom guard, if it has one: what to answer without a load. */
final class KeyGuard<K> {

    private final @Nullable BloomGuard<K> bloom;
    private final BooleanSupplier inTransaction;
    private final Counters counters;

    /** For keys that only this JVM adds. */
    KeyGuard(String cache, CachePolicy policy, CacheRuntime runtime, Counters counters) {
        this(cache, policy, KeyGuard.<K>bloom(policy), runtime, counters);
    }

    /** For keys that other instances add too, which tell of them by their texts: these are what is hashed. */
    KeyGuard(String cache, CachePolicy policy, KeyTexts<K> texts, CacheRuntime runtime, Counters counters) {
        this(cache, policy, byText(KeyGuard.<K>bloom(policy), texts), runtime, counters);
    }

    private KeyGuard(
            String cache, CachePolicy policy, @Nullable BloomPolicy<K> how, CacheRuntime runtime, Counters counters) {
        this.bloom =
                how == null ? null : new BloomGuard<>(cache, how, runtime.contextFreeExecutor(), runtime.scheduler());
        this.inTransaction = policy.safeInTransactions() ? () -> false : runtime.inTransaction();
        this.counters = counters;
    }

    void start() {
        if (bloom != null) {
            bloom.rebuild();
        }
    }

    Optional<BloomGuard<K>> bloom() {
        return Optional.ofNullable(bloom);
    }

    /** Whether a key that was missed can't exist. A transaction may see keys that nobody else knows yet. */
    boolean rejects(K key) {
        if (bloom == null || bloom.mightContain(key) || inTransaction.getAsBoolean()) {
            return false;
        }
        counters.rejections.increment();
        return true;
    }

    /** To be called after the source has the key, and before anyone may ask for it. */
    void add(K key) {
        if (bloom != null) {
            bloom.add(key);
        }
    }

    /** What another instance has added, perhaps. */
    void addText(String text) {
        if (bloom != null) {
            bloom.addHash(KeyHash.<String>standard().hash(text));
        }
    }

    /** Other instances may have added keys that nobody told of. */
    void reopen() {
        if (bloom != null) {
            bloom.reopen();
        }
    }

    void close() {
        if (bloom != null) {
            bloom.close();
        }
    }

    private static <K> @Nullable BloomPolicy<K> byText(@Nullable BloomPolicy<K> policy, KeyTexts<K> texts) {
        KeyHash<String> hash = KeyHash.standard();
        return policy == null
                ? null
                : policy.hashedBy(key -> hash.hash(texts.of(key).text()));
    }

    @SuppressWarnings("unchecked")
    private static <K> @Nullable BloomPolicy<K> bloom(CachePolicy policy) {
        return (BloomPolicy<K>) policy.bloom().orElse(null);
    }
}
