package io.hamster.benchmarks.cache;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.MultiLevelCacheBuilder;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.Fastjson2KeyConvertor;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** JetCache with the codecs of its starter, in Redis alone or with Caffeine before it. */
final class JetCacheShared implements SharedCache {

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final Cache<String, Product> cache;

    JetCacheShared(int port, boolean twoLevels) {
        client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        connection = client.connect(ByteArrayCodec.INSTANCE);
        Cache<String, Product> remote = RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                .redisClient(client)
                .connection(connection)
                .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                .valueEncoder(JavaValueEncoder.INSTANCE)
                .valueDecoder(JavaValueDecoder.INSTANCE)
                .keyPrefix("products:")
                .expireAfterWrite(1, TimeUnit.HOURS)
                .buildCache();
        cache = twoLevels ? before(remote) : remote;
    }

    private static Cache<String, Product> before(Cache<String, Product> remote) {
        Cache<String, Product> local = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                .limit(2 * Zipf.KEYS)
                .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                .expireAfterWrite(1, TimeUnit.HOURS)
                .buildCache();
        return MultiLevelCacheBuilder.createMultiLevelCacheBuilder()
                .addCache(local, remote)
                .expireAfterWrite(1, TimeUnit.HOURS)
                .buildCache();
    }

    @Override
    public void put(String key, Product product) {
        cache.put(key, product);
    }

    @Override
    public @Nullable Product get(String key) {
        return cache.get(key);
    }

    @Override
    public void close() {
        cache.close();
        connection.close();
        client.shutdown();
    }
}
