package io.hamster.cache;

import org.jspecify.annotations.Nullable;

/** Weighs a shared cache's entries by their callers' keys, or by their texts for the estimate. */
final class TextKeyWeigher<K, V> implements Weigher<TextKey<K>, V> {

    private final @Nullable Weigher<? super K, ? super V> own;
    private final EstimatingWeigher estimate = new EstimatingWeigher();

    @SuppressWarnings("unchecked")
    TextKeyWeigher(CachePolicy policy) {
        this.own = (Weigher<? super K, ? super V>) policy.weigher().orElse(null);
    }

    @Override
    public long weigh(TextKey<K> key, V value) {
        return own == null ? estimate.weigh(key.text(), value) : own.weigh(key.known(), value);
    }
}
