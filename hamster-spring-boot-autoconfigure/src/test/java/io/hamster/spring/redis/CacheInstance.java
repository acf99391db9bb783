package io.hamster.spring.redis;

import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.CacheStore;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What a process has whose caches share one Redis with those of other processes, all in one namespace. */
final class CacheInstance implements AutoCloseable {

    final LettuceConnectionFactory factory;
    final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    final ExecutorService executor = Executors.newCachedThreadPool();
    private final String namespace;
    private final Duration commandTimeout;
    private final RedisLink link;
    private final RedisInvalidationChannel channel;

    CacheInstance(int port, String namespace, Duration commandTimeout) {
        this.namespace = namespace;
        this.commandTimeout = commandTimeout;
        factory = RedisFixture.factory(URI.create("redis://127.0.0.1:" + port));
        factory.afterPropertiesSet();
        factory.start();
        link = new RedisLink(factory, scheduler, executor, primaries -> {});
        link.start();
        channel = new RedisInvalidationChannel(link, namespace + ":news", scheduler, commandTimeout);
    }

    CacheStore store(String cache, String version, Duration ticketTtl) {
        CacheNames names = new CacheNames(namespace, cache, version, link.isCluster());
        return new RedisCacheStore(cache, link, names, scheduler, commandTimeout, ticketTtl);
    }

    InvalidationChannel channel() {
        return channel;
    }

    /** To be called once somebody listens to the channel. */
    void start() {
        channel.start();
    }

    @Override
    public void close() {
        channel.stop();
        link.stop();
        scheduler.shutdownNow();
        executor.shutdownNow();
        factory.destroy();
    }
}
