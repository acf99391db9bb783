package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns writes into what a journal takes, and back. A journal in memory takes nothing but their number. */
final class Marshal<K, V> {

    private static final Change NOTHING = new Change(new byte[0], Optional.empty());

    private final @Nullable Codec codec;
    private final Type keyType;
    private final Type valueType;

    Marshal(String cache, WriteBackPolicy policy, @Nullable Codec codec) {
        boolean isNeeded = policy.durability() != Durability.MEMORY;
        if (isNeeded && codec == null) {
            throw new InvalidCachePolicyException("Cache '" + cache + "' writes back with durability "
                    + policy.durability() + " but the client has no codec to encode its entries; give"
                    + " CacheClientBuilder.codec one, or use durability MEMORY");
        }
        this.codec = isNeeded ? codec : null;
        this.keyType = policy.keyType().orElse(Object.class);
        this.valueType = policy.valueType().orElse(Object.class);
    }

    Change change(K key, Optional<V> value) {
        return codec == null
                ? NOTHING
                : new Change(codec.encode(key, keyType), value.map(there -> codec.encode(there, valueType)));
    }

    @SuppressWarnings("unchecked")
    K key(Change change) {
        return (K) codec().decode(change.key(), keyType);
    }

    @SuppressWarnings("unchecked")
    Optional<V> value(Change change) {
        return change.value().map(bytes -> (V) codec().decode(bytes, valueType));
    }

    private Codec codec() {
        if (codec == null) {
            throw new IllegalStateException("A journal in memory has nothing to decode");
        }
        return codec;
    }
}
