package io.hamster.spring.integration;

import io.hamster.Keys;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockExpiredException;
import io.hamster.lock.LockInterruptedException;
import io.hamster.lock.LockLostException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockNotHeldException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockUnavailableException;
import io.hamster.lock.NestedLockException;
import io.hamster.lock.RetryStrategy;
import io.hamster.spring.lock.LockRequests;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.integration.support.locks.DistributedLock;

/** One key of a registry; keeps nothing but that. */
record RegistryLock(LockClient client, LockRequests requests, String key) implements DistributedLock {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryLock.class);

    private static final Duration LONGEST_WAIT = Duration.ofDays(365);
    private static final RetryStrategy RETRY = RetryStrategy.exponential(
                    RetryStrategy.UNLIMITED, Duration.ofMillis(100))
            .withCap(Duration.ofSeconds(1));

    private LockRequest.Builder renewed() {
        return requests.builder(key).reentrant(true).retry(RETRY).timeout(LONGEST_WAIT);
    }

    private LockRequest.Builder endingAfter(Duration ttl) {
        return renewed().expiration(ttl).autoRefresh(false);
    }

    @Override
    public void lock() {
        uninterruptibly(() -> client.lock(renewed().build()));
    }

    @Override
    public void lock(Duration ttl) {
        uninterruptibly(() -> client.lock(endingAfter(ttl).build()));
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
        lockInterruptibly(renewed().build());
    }

    private void lockInterruptibly(LockRequest request) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            client.lock(request);
        } catch (LockInterruptedException e) {
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException(e.getMessage());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public boolean tryLock() {
        return tryOnce(renewed().build());
    }

    private boolean tryOnce(LockRequest request) {
        // It waits for the store's answer alone, and isn't interruptible.
        return uninterruptibly(() -> client.tryLock(request)).isPresent();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return tryWithin(Duration.ofNanos(unit.toNanos(time)), renewed());
    }

    @Override
    public boolean tryLock(Duration waitTime, Duration ttl) throws InterruptedException {
        return tryWithin(waitTime, endingAfter(ttl));
    }

    private boolean tryWithin(Duration wait, LockRequest.Builder request) throws InterruptedException {
        if (wait.isNegative() || wait.isZero()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return tryOnce(request.build());
        }
        try {
            lockInterruptibly(request.timeout(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT)
                    .build());
            return true;
        } catch (NestedLockException e) {
            throw e;
        } catch (LockNotAcquiredException e) {
            return false;
        }
    }

    @Override
    public void unlock() {
        try {
            client.held(key).orElseThrow(() -> notHeld(key)).unlock();
        } catch (LockNotHeldException e) {
            throw notHeld(key);
        } catch (LockExpiredException | LockLostException e) {
            throw new ConcurrentModificationException(
                    e.getMessage() + "; what it protected may have been changed by others", e);
        } catch (LockUnavailableException e) {
            // The work was done under the lock to its end; that others get it late is not the caller's failure.
            LOG.warn("Lock {} is released later or runs out: {}", Keys.shortened(key), String.valueOf(e.getCause()));
        }
    }

    static IllegalMonitorStateException notHeld(String key) {
        return new IllegalMonitorStateException("Lock '" + Keys.shortened(key) + "' isn't held by this thread");
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("A distributed lock has no conditions");
    }

    @Override
    public String toString() {
        return "RegistryLock[" + Keys.shortened(key) + "]";
    }
}
