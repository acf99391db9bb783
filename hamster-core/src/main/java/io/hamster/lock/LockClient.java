package io.hamster.lock;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Takes locks. One per application; thread-safe. Closing it fails every waiter and releases every lock.
 *
 * <p>Every method fails closed: if the store can't be reached the answer is {@link LockUnavailableException}, never a
 * lock and never "held by another".
 */
public interface LockClient extends AutoCloseable {

    /**
     * Starts a client.
     *
     * @param store where the locks are kept; stays the caller's to close, after the client
     * @param scheduler runs the one timer; its tasks are short and never block
     * @param executor runs callbacks and completes {@link #lockAsync}
     * @return a builder with every default
     */
    static LockClientBuilder builder(LockStore store, ScheduledExecutorService scheduler, Executor executor) {
        return new LockClientBuilder(store, scheduler, executor);
    }

    /**
     * Asks once, without waiting for the holder. May take a lock past this client's waiters.
     *
     * @param request the request; its timeout and retry strategy aren't used
     * @return the handle, or empty if another owner holds the lock
     * @throws NestedLockException if the calling scope holds it already and the request isn't reentrant, or the scope got it
     *     by {@link #lockAsync}
     * @throws LockExpiredException if the request is reentrant and the scope's lock, not yet released, has expired
     * @throws LockLostException if the request is reentrant and the scope's lock, not yet released, has been lost
     * @throws LockUnavailableException if the store doesn't answer
     * @throws LockInterruptedException if the thread is interrupted before the store's answer
     */
    Optional<LockHandle> tryLock(LockRequest request);

    /**
     * Asks and, if another owner holds the lock, waits. A release wakes the next waiter; the retry strategy is the
     * safety net. Waiters of this client are served in the order in which they came.
     *
     * @param request the request; its timeout bounds the whole wait
     * @return the handle
     * @throws LockNotAcquiredException if the lock didn't become free within the timeout, or the attempts of the retry
     *     strategy are used up
     * @throws NestedLockException if the calling scope holds it already and the request isn't reentrant, or the scope got it
     *     by {@link #lockAsync}
     * @throws LockExpiredException if the request is reentrant and the scope's lock, not yet released, has expired
     * @throws LockLostException if the request is reentrant and the scope's lock, not yet released, has been lost
     * @throws LockUnavailableException if the store didn't answer in the end
     * @throws LockInterruptedException if the thread is interrupted; the request is withdrawn
     */
    LockHandle lock(LockRequest request);

    /**
     * As {@link #lock}, but even the first attempt queues: of all callers in this JVM only the head asks the store. Each
     * gets a lock of its own in its turn; a lock is never shared.
     *
     * @param request the request
     * @return the handle
     */
    LockHandle singleflightLock(LockRequest request);

    /**
     * As {@link #lock}, without blocking. The lock belongs to no {@link LockContext} and is never reentrant.
     *
     * @param request the request
     * @return completes with the handle, or fails as {@code lock} throws. Cancelling it, or completing it in any other
     *     way, withdraws the request; that of a dependent stage doesn't
     */
    CompletableFuture<LockHandle> lockAsync(LockRequest request);

    /**
     * Runs work while holding a lock, then releases it.
     *
     * @param request the request, as for {@link #lock}
     * @param work what to run
     * @return what the work returned
     * @param <T> type of the work's result
     * @throws Exception what the work threw
     * @throws LockExpiredException if the work ran to its end but its lock had expired by then
     * @throws LockLostException if the work ran to its end but its lock had been lost by then
     */
    <T extends @Nullable Object> T execute(LockRequest request, Callable<? extends T> work) throws Exception;

    /**
     * A view of one lock as {@link Lock}: held by the calling {@link LockContext}, reentrant, renewed until it is
     * unlocked. {@code lock()} waits for up to 365 days, {@code unlock()} throws if the lock was lost; there are no
     * conditions.
     *
     * @param key the lock's key
     * @return a view; make as many as you like
     * @throws InvalidLockKeyException if the key isn't valid
     */
    Lock asLock(String key);

    /**
     * The lock of a key, if the calling {@link LockContext} holds it.
     *
     * @param key the lock's key
     * @return its innermost handle, held or lost, that hasn't been released; empty if there is none
     * @throws InvalidLockKeyException if the key isn't valid
     */
    Optional<LockHandle> held(String key);

    /**
     * Who holds a lock.
     *
     * @param key the lock's key
     * @return the holder, or empty if the lock is free
     * @throws InvalidLockKeyException if the key isn't valid
     * @throws LockUnavailableException if the store doesn't answer
     */
    Optional<LockStatus> status(String key);

    /**
     * For operating the locks.
     *
     * @return the same instance each time
     */
    LockAdmin admin();

    /** Fails the waiters, tells the holders that they lost their locks, releases these and ends. Idempotent. */
    @Override
    void close();
}
