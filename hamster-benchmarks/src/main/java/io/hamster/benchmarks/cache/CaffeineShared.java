package io.hamster.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/** No Redis at all: the least that a hit in this JVM takes. */
final class CaffeineShared implements SharedCache {

    private final Cache<String, Product> cache =
            Caffeine.newBuilder().maximumSize(2 * Zipf.KEYS).build();

    @Override
    public void put(String key, Product product) {
        cache.put(key, product);
    }

    @Override
    public @Nullable Product get(String key) {
        return cache.getIfPresent(key);
    }

    @Override
    public void close() {}
}
