package io.hamster.spring.cache;

import io.hamster.annotation.Cached;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import java.util.Optional;
import java.util.function.Function;
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
        return SharedKeys.of(cache(), key.key(call, null));
    }

    Function<Optional<Object>, EntryOptions> options(CacheCall call) {
        return loaded -> {
            Object value = loaded.orElse(null);
            return entry.isRefused(call, value) ? EntryOptions.uncached() : entry.options(call, value);
        };
    }
}
