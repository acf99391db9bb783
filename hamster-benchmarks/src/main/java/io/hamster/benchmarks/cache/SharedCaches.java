package io.hamster.benchmarks.cache;

import java.util.Map;
import java.util.function.IntFunction;

/** The libraries by name, made with the port of a Redis on the loopback address. */
final class SharedCaches {

    static final String CAFFEINE = "bare Caffeine";
    static final String JETCACHE_TWO_LEVELS = "JetCache, both";
    static final String REDISSON_TWO_LEVELS = "Redisson local cached map";
    static final String LETTUCE = "Lettuce GET and Jackson";
    static final String SPRING = "Spring's Redis cache";
    static final String JETCACHE = "JetCache, remote";
    static final String REDISSON = "Redisson map";

    private static final Map<String, IntFunction<SharedCache>> ALL = Map.of(
            CAFFEINE, port -> new CaffeineShared(),
            JETCACHE_TWO_LEVELS, port -> new JetCacheShared(port, true),
            REDISSON_TWO_LEVELS, port -> new RedissonShared(port, true),
            LETTUCE, LettuceShared::new,
            SPRING, SpringShared::new,
            JETCACHE, port -> new JetCacheShared(port, false),
            REDISSON, port -> new RedissonShared(port, false));

    private SharedCaches() {}

    static SharedCache named(String name, int port) {
        IntFunction<SharedCache> library = ALL.get(name);
        if (library == null) {
            throw new IllegalArgumentException("No library '" + name + "'; there are " + ALL.keySet());
        }
        return library.apply(port);
    }
}
