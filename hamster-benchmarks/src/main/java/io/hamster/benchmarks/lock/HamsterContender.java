package io.hamster.benchmarks.lock;

import io.hamster.TimeSource;
import io.hamster.lock.CircuitLockStore;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.RetryStrategy;
import io.hamster.spring.redis.RedisLockStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Hamster's lock client on its Redis store. */
final class HamsterContender implements Contender {

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration COOL_DOWN = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final LettuceConnectionFactory factory;
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final LockStore store;
    private final LockClient client;
    private final AtomicInteger lost = new AtomicInteger();

    HamsterContender(int port) {
        factory = Factories.started(port);
        // As the auto-configuration puts it together.
        store = new CircuitLockStore(
                new RedisLockStore(factory, "benchmark", scheduler, executor),
                TimeSource.system(),
                COMMAND_TIMEOUT,
                COOL_DOWN,
                failure -> false);
        client = LockClient.builder(store, scheduler, executor).build();
    }

    @Override
    public void lockAndUnlock(String key) {
        client.tryLock(LockRequest.of(key)).orElseThrow().unlock();
    }

    @Override
    public void waitAndUnlock(String key, Action whileHeld) throws Exception {
        LockHandle handle = client.lock(LockRequest.builder(key)
                .timeout(PATIENCE)
                .retry(RetryStrategy.exponential(RetryStrategy.UNLIMITED, Duration.ofMillis(100)))
                .build());
        whileHeld.run();
        handle.unlock();
    }

    @Override
    public void hold(String key) {
        client.lock(LockRequest.builder(key).expiration(LEASE).build()).onLost(handle -> lost.incrementAndGet());
    }

    @Override
    public int lost() {
        return lost.get();
    }

    @Override
    public void close() {
        client.close();
        store.close();
        factory.destroy();
        scheduler.shutdownNow();
        executor.shutdownNow();
    }
}
