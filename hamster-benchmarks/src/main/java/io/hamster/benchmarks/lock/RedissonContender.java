package io.hamster.benchmarks.lock;

import org.redisson.Redisson;
import org.redisson.api.RFencedLock;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson's lock, or its lock with fences. */
final class RedissonContender implements Contender {

    private final RedissonClient client;
    private final boolean fenced;

    RedissonContender(int port, boolean fenced) {
        Config config = new Config();
        config.useSingleServer().setAddress("redis://127.0.0.1:" + port);
        this.client = Redisson.create(config);
        this.fenced = fenced;
    }

    @Override
    public void lockAndUnlock(String key) {
        if (fenced) {
            RFencedLock lock = client.getFencedLock(key);
            if (lock.tryLockAndGetToken() == null) {
                throw new IllegalStateException(key + " is held");
            }
            lock.unlock();
        } else {
            RLock lock = client.getLock(key);
            if (!lock.tryLock()) {
                throw new IllegalStateException(key + " is held");
            }
            lock.unlock();
        }
    }

    @Override
    public void waitAndUnlock(String key, Action whileHeld) throws Exception {
        RLock lock = client.getLock(key);
        lock.lock();
        whileHeld.run();
        lock.unlock();
    }

    @Override
    public void hold(String key) {
        client.getLock(key).lock();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
