package io.hamster.benchmarks.cache;

import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.config.Config;

/** Redisson's map with its default codec, with its cache in this JVM or without. */
final class RedissonShared implements SharedCache {

    private final RedissonClient client;
    private final RMap<String, Product> map;

    RedissonShared(int port, boolean twoLevels) {
        Config config = new Config();
        config.useSingleServer().setAddress("redis://127.0.0.1:" + port);
        client = Redisson.create(config);
        map = twoLevels
                ? client.getLocalCachedMap(LocalCachedMapOptions.<String, Product>name("products")
                        .cacheSize(2 * Zipf.KEYS)
                        .evictionPolicy(LocalCachedMapOptions.EvictionPolicy.LRU))
                : client.getMap("products");
    }

    @Override
    public void put(String key, Product product) {
        map.fastPut(key, product);
    }

    @Override
    public @Nullable Product get(String key) {
        return map.get(key);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
