package io.hamster.lock;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/** One key as {@link Lock}; the scope that calls is the owner. */
final class ScopedLock implements Lock {

    private static final Duration LONGEST_WAIT = Duration.ofDays(365);
    private static final RetryStrategy RETRY = RetryStrategy.exponential(
                    RetryStrategy.UNLIMITED, Duration.ofMillis(100))
            .withCap(Duration.ofSeconds(1));

    private final LockClient client;
    private final LockRequest request;

    ScopedLock(LockClient client, String key) {
        this.client = client;
        this.request = LockRequest.builder(key)
                .timeout(LONGEST_WAIT)
                .retry(RETRY)
                .reentrant(true)
                .build();
    }

    @Override
    public void lock() {
        uninterruptibly(() -> client.lock(request));
    }

    /** Tries until it wasn't interrupted; an interrupt is kept for later. */
    private static <T> T uninterruptibly(Supplier<T> attempt) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return attempt.get();
                } catch (LockInterruptedException e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        lockWithin(request);
    }

    @Override
    public boolean tryLock() {
        return uninterruptibly(() -> client.tryLock(request)).isPresent();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long nanos = unit.toNanos(time);
        if (nanos <= 0) {
            return tryLock();
        }
        Duration timeout = Duration.ofNanos(Math.min(nanos, LONGEST_WAIT.toNanos()));
        try {
            lockWithin(request.toBuilder().timeout(timeout).build());
            return true;
        } catch (NestedLockException e) {
            throw e;
        } catch (LockNotAcquiredException e) {
            return false;
        }
    }

    private void lockWithin(LockRequest bounded) throws InterruptedException {
        try {
            client.lock(bounded);
        } catch (LockInterruptedException e) {
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException(e.getMessage());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public void unlock() {
        client.held(request.key())
                .orElseThrow(() -> new LockNotHeldException(request.key()))
                .unlock();
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("A distributed lock has no conditions");
    }
}
