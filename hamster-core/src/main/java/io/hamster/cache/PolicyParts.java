package io.hamster.cache;

import io.hamster.cache.writeback.WriteBackWriter;
import org.jspecify.annotations.Nullable;

/** The users' code in a policy, which doesn't know the types of its cache: that they fit is up to who makes that. */
@SuppressWarnings("unchecked")
final class PolicyParts {

    private PolicyParts() {}

    static <K, V> @Nullable CacheLoader<K, V> loader(CachePolicy policy) {
        return (CacheLoader<K, V>) policy.loader().orElse(null);
    }

    static <K, V> @Nullable CacheWriter<? super K, ? super V> writer(CachePolicy policy) {
        return (CacheWriter<? super K, ? super V>) policy.writer().orElse(null);
    }

    static <K, V> WriteBackWriter<K, V> writeBackWriter(CachePolicy policy) {
        return (WriteBackWriter<K, V>) policy.writeBackWriter().orElseThrow();
    }
}
