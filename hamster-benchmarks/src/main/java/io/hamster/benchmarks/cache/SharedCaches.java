package io.hamster.benchmarks.cache;

import io.hamster.cache.Tier;
import java.util.Map;
import java.util.function.IntFunction;

/** The libraries by name, made with the port of a Redis on the loopback address. */
final class SharedCaches {

    static final String HAMSTER_TWO_LEVELS = "Hamster two-level";
    static final String HAMSTER = "Hamster remote";
    static final String CAFFEINE = "bare Caffeine";
    static final String JETCACHE_TWO_LEVELS = "JetCache, both";
    static final String REDISSON_TWO_LEVELS = "Redisson local cached map";
    static final String LETTUCE = "Lettuce GET and Jackson";
    static final String SPRING = "Spring's Redis cache";
    static final String JETCACHE = "JetCache, remote";
    static final String REDISSON = "Redisson map";

    private static final Map<String, IntFunction<SharedCache>> ALL = Map.ofEntries(
            entry(HAMSTER_TWO_LEVELS, port -> new HamsterShared(port, Tier.TWO_LEVEL)),
            entry(HAMSTER, port -> new HamsterShared(port, Tier.REMOTE)),
            entry(CAFFEINE, port -> new CaffeineShared()),
            entry(JETCACHE_TWO_LEVELS, port -> new JetCacheShared(port, true)),
            entry(REDISSON_TWO_LEVELS, port -> new RedissonShared(port, true)),
            entry(LETTUCE, LettuceShared::new),
            entry(SPRING, SpringShared::new),
            entry(JETCACHE, port -> new JetCacheShared(port, false)),
            entry(REDISSON, port -> new RedissonShared(port, false)));

    private SharedCaches() {}

    private static Map.Entry<String, IntFunction<SharedCache>> entry(String name, IntFunction<SharedCache> library) {
        return Map.entry(name, library);
    }

    static SharedCache named(String name, int port) {
        IntFunction<SharedCache> library = ALL.get(name);
        if (library == null) {
            throw new IllegalArgumentException("No library '" + name + "'; there are " + ALL.keySet());
        }
        return library.apply(port);
    }
}
