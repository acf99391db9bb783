package io.hamster.spring.lock;

import io.hamster.lock.HeldLock;
import io.hamster.lock.LockAdmin;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStats;
import io.hamster.lock.LockStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
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
    private final LockAdmin admin = new ManagedAdmin();
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
        return new ManagedLock(LockRequest.of(key).key());
    }

    @Override
    public Optional<LockHandle> held(String key) {
        return client.held(key);
    }

    @Override
    public Optional<LockStatus> status(String key) {
        return client.status(key);
    }

    @Override
    public LockAdmin admin() {
        return admin;
    }

    private final class ManagedAdmin implements LockAdmin {

        @Override
        public List<HeldLock> list(int limit) {
            return client.admin().list(limit);
        }

        @Override
        public Optional<HeldLock> find(String key) {
            return client.admin().find(key);
        }

        @Override
        public boolean forceRelease(String key) {
            return client.admin().forceRelease(key);
        }

        @Override
        public LockStats stats() {
            return client.admin().stats();
        }
    }

    /** Views of a client know nothing but their key, so that one may be asked after the other. */
    private final class ManagedLock implements Lock {

        private final String key;

        private ManagedLock(String key) {
            this.key = key;
        }

        private Lock current() {
            return client.asLock(key);
        }

        @Override
        public void lock() {
            current().lock();
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            current().lockInterruptibly();
        }

        @Override
        public boolean tryLock() {
            return current().tryLock();
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            return current().tryLock(time, unit);
        }

        @Override
        public void unlock() {
            current().unlock();
        }

        @Override
        public Condition newCondition() {
            return current().newCondition();
        }
    }
}
