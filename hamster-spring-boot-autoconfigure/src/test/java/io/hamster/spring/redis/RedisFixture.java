package io.hamster.spring.redis;

import io.hamster.Codec;
import io.hamster.cache.SharedTier;
import io.hamster.testing.redis.RedisDeployment;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.awaitility.Awaitility;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What an application has: a connection factory and threads; with a namespace in which there is nothing. */
final class RedisFixture implements AutoCloseable {

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    final LettuceConnectionFactory factory;
    final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    final ExecutorService executor = Executors.newCachedThreadPool();
    final String namespace;
    private final List<RedisLockStore> stores = new CopyOnWriteArrayList<>();
    private final List<RedisLink> links = new CopyOnWriteArrayList<>();
    private final List<RedisInvalidationChannel> channels = new CopyOnWriteArrayList<>();

    RedisFixture(LettuceConnectionFactory factory) {
        this(factory, "test-" + UUID.randomUUID());
    }

    RedisFixture(LettuceConnectionFactory factory, String namespace) {
        this.namespace = namespace;
        this.factory = factory;
        factory.afterPropertiesSet();
        factory.start();
    }

    static RedisFixture on(RedisDeployment redis) {
        return new RedisFixture(factory(redis));
    }

    static LettuceConnectionFactory factory(RedisDeployment redis) {
        return switch (redis.topology()) {
            case STANDALONE -> factory(redis.addresses().get(0));
            case SENTINEL -> {
                RedisSentinelConfiguration configuration =
                        new RedisSentinelConfiguration().master(RedisDeployment.SENTINEL_MASTER);
                redis.addresses().forEach(address -> configuration.addSentinel(node(address)));
                yield new LettuceConnectionFactory(configuration);
            }
            case CLUSTER -> {
                RedisClusterConfiguration configuration = new RedisClusterConfiguration();
                redis.addresses().forEach(address -> configuration.addClusterNode(node(address)));
                yield new LettuceConnectionFactory(configuration);
            }
        };
    }

    static LettuceConnectionFactory factory(URI address) {
        return new LettuceConnectionFactory(new RedisStandaloneConfiguration(address.getHost(), address.getPort()));
    }

    private static RedisNode node(URI address) {
        return new RedisNode(address.getHost(), address.getPort());
    }

    RedisLockStore store() {
        return store(namespace);
    }

    RedisLockStore store(String inNamespace) {
        return added(new RedisLockStore(factory, inNamespace, scheduler, executor));
    }

    RedisLockStore store(Replication replication) {
        return added(new RedisLockStore(factory, namespace, scheduler, executor, replication));
    }

    RedisLink link() {
        RedisLink link = new RedisLink(factory, scheduler, executor, primaries -> {});
        links.add(link);
        link.start();
        return link;
    }

    /** Another instance's view of a cache, with a connection of its own. */
    RedisCacheStore cacheStore(String cache, Duration ticketTtl) {
        return cacheStore(link(), cache, ticketTtl);
    }

    /** A view of a cache with the connection of another. */
    RedisCacheStore cacheStore(RedisLink link, String cache, Duration ticketTtl) {
        CacheNames names = new CacheNames(namespace, cache, "", link.isCluster());
        return new RedisCacheStore(cache, link, names, scheduler, COMMAND_TIMEOUT, ticketTtl);
    }

    /** Another instance's shared tier, with connections of its own. */
    SharedTier sharedTier(Codec codec) {
        RedisInvalidationChannel channel =
                new RedisInvalidationChannel(link(), namespace + ":news", scheduler, COMMAND_TIMEOUT);
        channels.add(channel);
        channel.start();
        return SharedTier.of((cache, version, ttl) -> cacheStore(cache, ttl), codec)
                .withChannel(channel);
    }

    /** Another instance's journals, with a connection of their own; to be stopped. */
    RedisJournals journals() {
        return new RedisJournals(() -> factory, () -> namespace, scheduler, executor, Duration.ofSeconds(20));
    }

    private RedisLockStore added(RedisLockStore store) {
        stores.add(store);
        return store;
    }

    /** Redis keeps its own time: a lease's end has to be waited for. */
    static void pass(Duration time) {
        Awaitility.await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
    }

    @Override
    public void close() {
        stores.forEach(RedisLockStore::close);
        channels.forEach(RedisInvalidationChannel::stop);
        links.forEach(RedisLink::stop);
        scheduler.shutdownNow();
        executor.shutdownNow();
        factory.destroy();
    }
}
