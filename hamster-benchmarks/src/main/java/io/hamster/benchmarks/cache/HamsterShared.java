package io.hamster.benchmarks.cache;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.Tier;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.redis.HamsterRedisAutoConfiguration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Hamster's caches as its auto-configuration puts them together. */
final class HamsterShared implements SharedCache {

    private static final long PATIENCE_SECONDS = 10;

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final HamsterCache<String, Product> cache;

    HamsterShared(int port, Tier tier) {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("benchmark", Map.of("spring.application.name", "benchmark")));
        context.registerBean(
                LettuceConnectionFactory.class,
                () -> new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port)));
        context.register(Application.class);
        context.refresh();
        CacheClient client = context.getBean(CacheClient.class);
        cache = client.cache(
                "products",
                CachePolicy.builder()
                        .tier(tier)
                        .valueType(Product.class)
                        .maxSize(2 * Zipf.KEYS)
                        .build());
        awaitTrust(client);
    }

    /** Until its messages come back to it, a cache of two levels uses what it holds for a few seconds only. */
    private static void awaitTrust(CacheClient client) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (client.sharedTier().orElseThrow().isDegraded()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("Redis isn't there: " + client.sharedTier());
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void put(String key, Product product) {
        cache.put(key, product);
    }

    @Override
    public @Nullable Product get(String key) {
        return cache.get(key).orElse(null);
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        HamsterAutoConfiguration.class,
        HamsterCodecAutoConfiguration.class,
        HamsterRedisAutoConfiguration.class,
        HamsterCacheAutoConfiguration.class,
        AopAutoConfiguration.class
    })
    static class Application {}
}
