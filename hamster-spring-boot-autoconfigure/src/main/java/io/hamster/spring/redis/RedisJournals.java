package io.hamster.spring.redis;

import io.hamster.cache.writeback.SharedJournal;
import io.hamster.spring.cache.SharedJournalHealth;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Makes the journals of an application's caches, all on one connection. Looks for a connection factory and connects when
 * the first is made: an application without one never does. The connection ends after the caches' last flush and before
 * Lettuce's client, and comes back when the context is started again. Thread-safe.
 */
final class RedisJournals implements SmartLifecycle, SharedJournal.Factory, SharedJournalHealth {

    private final Supplier<LettuceConnectionFactory> factory;
    private final Supplier<String> namespace;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Duration commandTimeout;
    private final EvictionCheck eviction = EvictionCheck.ofJournals();
    private final ReentrantLock lock = new ReentrantLock();
    /** Changed under {@link #lock}. */
    private volatile @Nullable RedisLink link;

    /** Changed under {@link #lock}. */
    private volatile boolean running = true;

    /**
     * Creates the factory.
     *
     * @param factory called when the first journal is made
     * @param namespace called when a journal is made
     * @param commandTimeout how long Redis may take to answer
     */
    RedisJournals(
            Supplier<LettuceConnectionFactory> factory,
            Supplier<String> namespace,
            ScheduledExecutorService scheduler,
            Executor executor,
            Duration commandTimeout) {
        this.factory = factory;
        this.namespace = namespace;
        this.scheduler = scheduler;
        this.executor = executor;
        this.commandTimeout = commandTimeout;
    }

    @Override
    public SharedJournal journal(String cache) {
        return new RedisJournal(link(), new BackNames(namespace.get(), cache));
    }

    @Override
    public Duration timeout() {
        return commandTimeout;
    }

    /** Without memory, say, Redis takes no write, but tells what it has. */
    @Override
    public boolean isAnswer(Throwable failure) {
        return RefusalKind.of(failure) != null;
    }

    @Override
    public Map<String, Object> details() {
        return eviction.policy()
                .map(policy -> Map.<String, Object>of("maxmemoryPolicy", policy))
                .orElse(Map.of());
    }

    /** Whether a cache has asked for a journal. */
    boolean isConnecting() {
        return link != null;
    }

    /** Made once; connecting happens in the background. */
    private RedisLink link() {
        lock.lock();
        try {
            RedisLink known = link;
            if (known == null) {
                known = new RedisLink(factory.get(), scheduler, executor, eviction::look);
                if (running) {
                    known.start();
                }
                link = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void start() {
        lock.lock();
        try {
            running = true;
            if (link != null) {
                link.start();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        RedisLink known;
        lock.lock();
        try {
            running = false;
            known = link;
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
        return RedisCaches.PHASE;
    }
}
