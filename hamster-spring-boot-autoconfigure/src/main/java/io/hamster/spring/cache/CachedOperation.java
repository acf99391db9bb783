package io.hamster.spring.cache;

import io.hamster.annotation.Cached;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import org.jspecify.annotations.Nullable;

/** A parsed {@link Cached}. */
record CachedOperation(
        NamedCache named, CacheExpression key, @Nullable CacheExpression condition, EntryRule entry) {

    HamsterCache<Object, Object> cache() {
        return named.get();
    }

    boolean applies(CacheCall call) {
        return condition == null || condition.isTrue(call, null);
    }

    Object key(CacheCall call) {
        return MethodKeys.of(cache(), key.key(call, null));
    }

    EntryOptions options(CacheCall call, @Nullable Object loaded) {
        return entry.isRefused(call, loaded) ? EntryOptions.uncached() : entry.options(call, loaded);
    }
}
