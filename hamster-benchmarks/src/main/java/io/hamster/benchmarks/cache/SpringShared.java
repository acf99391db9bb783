package io.hamster.benchmarks.cache;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;

/** Spring's Redis cache, with a serializer for the type. */
final class SpringShared implements SharedCache {

    private final LettuceConnectionFactory factory;
    private final Cache cache;

    SpringShared(int port) {
        factory = new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port));
        factory.afterPropertiesSet();
        factory.start();
        RedisCacheManager manager = RedisCacheManager.builder(factory)
                .cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
                        .entryTtl(Duration.ofHours(1))
                        .serializeValuesWith(
                                SerializationPair.fromSerializer(new JacksonJsonRedisSerializer<>(Product.class))))
                .build();
        manager.afterPropertiesSet();
        cache = Objects.requireNonNull(manager.getCache("products"));
    }

    @Override
    public void put(String key, Product product) {
        cache.put(key, product);
    }

    @Override
    public @Nullable Product get(String key) {
        return cache.get(key, Product.class);
    }

    @Override
    public void close() {
        factory.destroy();
    }
}
