package io.hamster.benchmarks.lock;

import java.time.Duration;
import java.time.Instant;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.provider.redis.spring.RedisLockProvider;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** ShedLock's provider for Spring: no owner is checked at its end, nobody waits. */
final class ShedLockContender implements Contender {

    private final LettuceConnectionFactory factory;
    private final RedisLockProvider provider;

    ShedLockContender(int port) {
        factory = Factories.started(port);
        provider = new RedisLockProvider(factory);
    }

    @Override
    public void lockAndUnlock(String key) {
        provider.lock(new LockConfiguration(Instant.now(), key, LEASE, Duration.ZERO))
                .orElseThrow()
                .unlock();
    }

    @Override
    public void waitAndUnlock(String key, Action whileHeld) {
        throw new UnsupportedOperationException("ShedLock doesn't wait");
    }

    @Override
    public void hold(String key) {
        throw new UnsupportedOperationException("ShedLock doesn't renew by itself");
    }

    @Override
    public void close() {
        factory.destroy();
    }
}
