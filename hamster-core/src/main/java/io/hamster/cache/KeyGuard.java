package io.hamster.cache;

import io.hamster.cache.bloom.BloomGuard;
import io.hamster.cache.bloom.BloomPolicy;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A cache's Bloom guard, if it has one: what to answer without a load. */
final class KeyGuard<K> {

    private final @Nullable BloomGuard<K> bloom;
    private final BooleanSupplier inTransaction;
    private final Counters counters;

    KeyGuard(String cache, CachePolicy policy, CacheRuntime runtime, Counters counters) {
        BloomPolicy<K> how = bloom(policy);
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

    void close() {
        if (bloom != null) {
            bloom.close();
        }
    }

    @SuppressWarnings("unchecked")
    private static <K> @Nullable BloomPolicy<K> bloom(CachePolicy policy) {
        return (BloomPolicy<K>) policy.bloom().orElse(null);
    }
}
