package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A cache that is looked up when it is first used. Thread-safe. */
final class NamedCache {

    private final String name;
    private final Supplier<CacheClient> client;
    private volatile @Nullable HamsterCache<Object, Object> cache;

    NamedCache(String name, Supplier<CacheClient> client) {
        this.name = name;
        this.client = client;
    }

    String name() {
        return name;
    }

    HamsterCache<Object, Object> get() {
        HamsterCache<Object, Object> found = cache;
        if (found == null) {
            found = client.get().cache(name);
            cache = found;
        }
        return found;
    }
}
