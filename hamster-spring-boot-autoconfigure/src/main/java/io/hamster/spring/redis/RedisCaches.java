package io.hamster.spring.redis;

import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStoreFactory;
import io.hamster.spring.HamsterExecutors;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The application's shared caches on Redis and what they tell each other. Looks for a connection factory and connects
 * when the first shared cache is made: an application whose caches are all local never does. The connections end before
 * Lettuce's client, and come back when the context is started again. Thread-safe.
 */
final class RedisCaches implements SmartLifecycle, CacheStoreFactory, InvalidationChannel {

    /** Below that of the caches' last flush, above that of the connection factory, 0. */
    static final int PHASE = 1024;

    private final Supplier<LettuceConnectionFactory> factory;
    private final RedisNamespace namespace;
    private final HamsterExecutors executors;
    private final Duration commandTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Lines lines;
    private volatile boolean running = true;
    /** Guarded by {@link #lock}. */
    private @Nullable Consumer<byte[]> messages;
    /** Guarded by {@link #lock}. */
    private @Nullable Runnable disrupted;

    /**
     * Creates the caches' part of Redis.
     *
     * @param factory called when the first shared cache is made
     * @param commandTimeout how long Redis may take to answer
     */
    RedisCaches(
            Supplier<LettuceConnectionFactory> factory,
            RedisNamespace namespace,
            HamsterExecutors executors,
            Duration commandTimeout) {
        this.factory = factory;
        this.namespace = namespace;
        this.executors = executors;
        this.commandTimeout = commandTimeout;
    }

    @Override
    public CacheStore open(String cache, String version, Duration ticketTtl) {
        RedisLink link = lines().link;
        return new RedisCacheStore(
                cache,
                link,
                new CacheNames(namespace.inUse(), cache, version, link.isCluster()),
                executors.scheduler(),
                commandTimeout,
                ticketTtl);
    }

    /** Whether a shared cache has asked for Redis. */
    boolean isConnecting() {
        return lines != null;
    }

    /** Made once; connecting happens in the background. */
    private Lines lines() {
        lock.lock();
        try {
            Lines known = lines;
            if (known == null) {
                known = connect();
                lines = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private Lines connect() {
        RedisLink link =
                new RedisLink(factory.get(), executors.scheduler(), executors.contextFreeExecutor(), primaries -> {});
        RedisInvalidationChannel channel = new RedisInvalidationChannel(
                link, namespace.inUse() + ":cache:invalidations", executors.scheduler(), commandTimeout);
        if (messages != null && disrupted != null) {
            channel.listen(messages, disrupted);
        }
        Lines made = new Lines(link, channel);
        if (running) {
            made.start();
        }
        return made;
    }

    @Override
    public void listen(Consumer<byte[]> messages, Runnable disrupted) {
        lock.lock();
        try {
            this.messages = messages;
            this.disrupted = disrupted;
            Lines known = lines;
            if (known != null) {
                known.channel.listen(messages, disrupted);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> send(byte[] message) {
        Lines known = lines;
        return known == null
                ? CompletableFuture.failedFuture(new IllegalStateException("There is no shared cache yet"))
                : known.channel.send(message);
    }

    @Override
    public void listenAnew() {
        Lines known = lines;
        if (known != null) {
            known.channel.listenAnew();
        }
    }

    @Override
    public void start() {
        lock.lock();
        try {
            running = true;
            Lines known = lines;
            if (known != null) {
                known.start();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        Lines known;
        lock.lock();
        try {
            running = false;
            known = lines;
        } finally {
            lock.unlock();
        }
        if (known != null) {
            known.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** The client's end of it; {@link #stop} ends the connections. */
    @Override
    public void close() {
        Lines known = lines;
        if (known != null) {
            known.channel.close();
        }
    }

    private record Lines(RedisLink link, RedisInvalidationChannel channel) {

        private void start() {
            link.start();
            channel.start();
        }

        private void stop() {
            channel.stop();
            link.stop();
        }
    }
}
