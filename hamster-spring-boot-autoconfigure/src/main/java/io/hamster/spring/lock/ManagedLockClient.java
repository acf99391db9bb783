package io.hamster.spring.lock;

import io.hamster.lock.HeldLock;
import io.hamster.lock.LockAdmin;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStats;
import io.hamster.lock.LockStatus;
import io.hamster.spring.lock.AcquisitionObserver.Started;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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
    private final AcquisitionObserver observer;
    private final LockAdmin admin = new ManagedAdmin();
    private volatile LockClient client;
    private volatile boolean running = true;

    ManagedLockClient(Supplier<LockClient> factory, AcquisitionObserver observer) {
        this.factory = factory;
        this.observer = observer;
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
        Started started = observer.started(request.key());
        Optional<LockHandle> handle;
        try {
            handle = client.tryLock(request);
        } catch (RuntimeException e) {
            started.failed(e);
            throw e;
        }
        tell(started, handle.isPresent());
        return handle;
    }

    @Override
    public LockHandle lock(LockRequest request) {
        return observed(request, client::lock);
    }

    @Override
    public LockHandle singleflightLock(LockRequest request) {
        return observed(request, client::singleflightLock);
    }

    private LockHandle observed(LockRequest request, Function<LockRequest, LockHandle> acquisition) {
        Started started = observer.started(request.key());
        LockHandle handle;
        try {
            handle = acquisition.apply(request);
        } catch (RuntimeException e) {
            started.failed(e);
            throw e;
        }
        started.acquired();
        return handle;
    }

    private static void tell(Started started, boolean acquired) {
        if (acquired) {
            started.acquired();
        } else {
            started.held();
        }
    }

    @Override
    public CompletableFuture<LockHandle> lockAsync(LockRequest request) {
        Started started = observer.started(request.key());
        CompletableFuture<LockHandle> future = client.lockAsync(request);
        future.whenComplete((handle, failure) -> {
            if (failure == null) {
                started.acquired();
            } else {
                started.failed(failure);
            }
        });
        return future;
    }

    @Override
    public <T extends @Nullable Object> T execute(LockRequest request, Callable<? extends T> work) throws Exception {
        Started started = observer.started(request.key());
        AtomicBoolean acquired = new AtomicBoolean();
        try {
            return client.execute(request, () -> {
                acquired.set(true);
                started.acquired();
                return work.call();
            });
        } catch (RuntimeException e) {
            if (!acquired.get()) {
                started.failed(e);
            }
            throw e;
        }
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
            Started started = observer.started(key);
            try {
                current().lock();
            } catch (RuntimeException e) {
                started.failed(e);
                throw e;
            }
            started.acquired();
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            Started started = observer.started(key);
            try {
                current().lockInterruptibly();
            } catch (InterruptedException | RuntimeException e) {
                started.failed(e);
                throw e;
            }
            started.acquired();
        }

        @Override
        public boolean tryLock() {
            Started started = observer.started(key);
            boolean acquired;
            try {
                acquired = current().tryLock();
            } catch (RuntimeException e) {
                started.failed(e);
                throw e;
            }
            tell(started, acquired);
            return acquired;
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            Started started = observer.started(key);
            boolean acquired;
            try {
                acquired = current().tryLock(time, unit);
            } catch (InterruptedException | RuntimeException e) {
                started.failed(e);
                throw e;
            }
            tell(started, acquired);
            return acquired;
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
