package io.hamster.spring.lock;

import io.hamster.lock.LockAdmin;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStatus;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The application's client, which follows its context: stopped, it has released its locks; started again, as a paused
 * context is, a new client takes the old one's place.
 *
 * <p>The client is its own life cycle, so that one made late, by lazy initialization, is stopped in its phase too.
 */
final class ManagedLockClient implements LockClient, SmartLifecycle {

    /**
     * Below the web server's and the task executors', whose work holds locks; above that of the connections which
     * stores release them through, 0.
     */
    static final int PHASE = 3072;

    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<LockClient> factory;
    private volatile LockClient client;
    private volatile boolean running = true;

    ManagedLockClient(Supplier<LockClient> factory) {
        this.factory = factory;
        this.client = factory.get();
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (!running) {
                client = factory.get();
                running = true;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        LockClient stopped;
        lock.lock();
        try {
            running = false;
            stopped = client;
        } finally {
            lock.unlock();
        }
        stopped.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void close() {
        stop();
    }

    @Override
    public Optional<LockHandle> tryLock(LockRequest request) {
        return client.tryLock(request);
    }

    @Override
    public LockHandle lock(LockRequest request) {
        return client.lock(request);
    }

    @Override
    public LockHandle singleflightLock(LockRequest request) {
        return client.singleflightLock(request);
    }

    @Override
    public CompletableFuture<LockHandle> lockAsync(LockRequest request) {
        return client.lockAsync(request);
    }

    @Override
    public <T extends @Nullable Object> T execute(LockRequest request, Callable<? extends T> work) throws Exception {
        return client.execute(request, work);
    }

    @Override
    public Lock asLock(String key) {
        return client.asLock(key);
    }

    @Override
    public Optional<LockStatus> status(String key) {
        return client.status(key);
    }

    @Override
    public LockAdmin admin() {
        return client.admin();
    }
}
