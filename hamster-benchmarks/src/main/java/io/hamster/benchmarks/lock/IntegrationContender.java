package io.hamster.benchmarks.lock;

import java.util.concurrent.locks.Lock;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;

/** Spring Integration's lock registry, spinning or waiting for its messages. */
final class IntegrationContender implements Contender {

    private final LettuceConnectionFactory factory;
    private final RedisLockRegistry registry;

    IntegrationContender(int port, boolean publishes) {
        factory = Factories.started(port);
        registry = new RedisLockRegistry(factory, "benchmark", LEASE.toMillis());
        registry.setRedisLockType(publishes ? RedisLockType.PUB_SUB_LOCK : RedisLockType.SPIN_LOCK);
    }

    @Override
    public void lockAndUnlock(String key) {
        Lock lock = registry.obtain(key);
        if (!lock.tryLock()) {
            throw new IllegalStateException(key + " is held");
        }
        lock.unlock();
    }

    @Override
    public void waitAndUnlock(String key, Action whileHeld) throws Exception {
        Lock lock = registry.obtain(key);
        lock.lock();
        whileHeld.run();
        lock.unlock();
    }

    @Override
    public void hold(String key) {
        throw new UnsupportedOperationException("Renewed only with a scheduler of the application's");
    }

    @Override
    public void close() {
        registry.destroy();
        factory.destroy();
    }
}
