package io.hamster.singleflight;

import io.hamster.InvalidExpirationException;
import io.hamster.InvalidKeyException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls for the same key that come while one of them is running share its result. Nothing is cached: a call that comes
 * after the work has ended starts anew.
 *
 * <p>The first caller for a key runs the work on its own thread; those who come meanwhile wait. If the work fails, the
 * caller who ran it gets what the work threw, and every other a {@link SingleflightException} caused by it. A waiter who
 * is interrupted or times out leaves alone: the work and the other waiters go on. Work that waits for a key whose work
 * waits for the first, in two threads, is a deadlock as with any lock; give such calls a timeout.
 *
 * <p>Thread-safe and non-blocking but for the waiting itself; safe with virtual threads. Modelled on Go's
 * {@code golang.org/x/sync/singleflight}, with one difference on purpose: the key is free before a result is
 * published, so that a late caller never gets an old result.
 *
 * @param <K> keys, which need {@code equals} and {@code hashCode}; hold no more of a caller than needed, as a key stays
 *     referenced while its work runs
 * @param <V> results; may be nullable
 */
public final class Singleflight<K, V extends @Nullable Object> {

    private final FlightTable<K, V> table = new FlightTable<>();
    private final LongAdder executions = new LongAdder();
    private final LongAdder joined = new LongAdder();
    private final LongAdder shared = new LongAdder();

    /** Creates a group in which nothing runs. Groups are independent of each other. */
    public Singleflight() {}

    /**
     * A result, and whether it went to more than one caller.
     *
     * @param value what the work returned
     * @param shared whether at least one other caller joined the work before it ended; the same for all of them
     * @param <V> the value's type
     */
    public record Result<V extends @Nullable Object>(V value, boolean shared) {}

    /**
     * Counts since this group was created.
     *
     * @param calls calls that ran or joined work
     * @param executions calls that ran it
     * @param shared calls that were given what another call's work returned or threw; those who gave up waiting are in
     *     {@code calls} only
     */
    public record Stats(long calls, long executions, long shared) {}

    /**
     * Runs the work, or waits without limit for the same key's work that is running.
     *
     * @param key the key
     * @param work what to do; runs on this thread, at most once
     * @return the result
     * @throws SingleflightException if the work failed in the caller that ran it
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws IllegalStateException if this thread is running this key's work already: waiting would never end
     * @throws InvalidKeyException if the key is {@code null}
     * @throws Exception what the work threw, if it ran in this call
     */
    public Result<V> execute(K key, Callable<? extends V> work) throws Exception {
        return run(key, work, null, false);
    }

    /**
     * Runs the work, or waits up to a timeout for the same key's work that is running. The timeout limits waiting only,
     * not the work when this call runs it.
     *
     * @param key the key
     * @param work what to do; runs on this thread, at most once
     * @param timeout how long to wait for another caller's work; more than zero
     * @return the result
     * @throws SingleflightTimeoutException if another caller's work took longer than that
     * @throws InvalidExpirationException if the timeout is zero or negative
     * @throws SingleflightException if the work failed in the caller that ran it
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws IllegalStateException if this thread is running this key's work already: waiting would never end
     * @throws InvalidKeyException if the key is {@code null}
     * @throws Exception what the work threw, if it ran in this call
     */
    public Result<V> execute(K key, Callable<? extends V> work, Duration timeout) throws Exception {
        return run(key, work, checked(timeout), false);
    }

    /**
     * As {@link #execute(Object, Callable, Duration)}, but a caller who waits in vain {@linkplain #forget forgets} the
     * work it waited for, and no newer: the next call starts anew instead of waiting for what may never end. For work
     * that may hang, and that may run a second time meanwhile.
     *
     * @param key the key
     * @param work what to do; runs on this thread, at most once
     * @param timeout how long to wait for another caller's work; more than zero
     * @return the result
     * @throws SingleflightTimeoutException if another caller's work took longer than that
     * @throws InvalidExpirationException if the timeout is zero or negative
     * @throws SingleflightException if the work failed in the caller that ran it
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws IllegalStateException if this thread is running this key's work already: waiting would never end
     * @throws InvalidKeyException if the key is {@code null}
     * @throws Exception what the work threw, if it ran in this call
     */
    public Result<V> executeOrForget(K key, Callable<? extends V> work, Duration timeout) throws Exception {
        return run(key, work, checked(timeout), true);
    }

    /**
     * As {@link #executeOrForget(Object, Callable, Duration)}, but the work runs on an executor, so that the timeout limits
     * every caller, the one who starts the work included. Overdue work isn't interrupted: if it hangs it keeps its thread,
     * so give an executor that bounds them. The time that work waits for a thread counts.
     *
     * <p>The caller who started the work leaves as the others do when it is interrupted or times out: alone. An executor
     * that drops work silently makes its callers time out.
     *
     * @param key the key
     * @param work what to do; runs on the executor, at most once
     * @param timeout how long to wait for the result; more than zero
     * @param executor runs the work
     * @return the result
     * @throws SingleflightTimeoutException if the work took longer than that
     * @throws InvalidExpirationException if the timeout is zero or negative
     * @throws SingleflightException if the work failed and another call started it
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws IllegalStateException if this thread is running this key's work already: waiting would never end
     * @throws InvalidKeyException if the key is {@code null}
     * @throws Exception what the work threw, or the executor to refuse it, if this call started it
     */
    public Result<V> executeOrForget(K key, Callable<? extends V> work, Duration timeout, Executor executor)
            throws Exception {
        checked(timeout);
        int hash = FlightTable.hash(checked(key));
        while (true) {
            Flight<K, V> flight = new Flight<>(key, hash, null);
            Flight<K, V> present = table.putIfAbsent(flight);
            if (present == null) {
                return await(flight, start(flight, work, executor), timeout);
            }
            Sharing<V> sharing = join(present);
            if (sharing != null) {
                return follow(present, sharing, timeout, true);
            }
        }
    }

    /**
     * Starts the work on an executor, or joins the same key's work that is running, without waiting (Go's
     * {@code DoChan}). Each call gets a future of its own: cancelling or completing it stops neither the work nor
     * anybody else. Joined futures complete on the executor given here.
     *
     * <p>If the executor refuses the work, the future fails with that exception. An executor that drops work silently
     * leaves the key in flight until {@link #forget} is called.
     *
     * @param key the key
     * @param work what to do, at most once
     * @param executor runs the work
     * @return the result; fails with what the work threw, or, if another call ran it, a {@link SingleflightException}
     * @throws IllegalStateException if this thread is running this key's work already
     * @throws InvalidKeyException if the key is {@code null}
     */
    public CompletableFuture<Result<V>> executeAsync(K key, Supplier<? extends V> work, Executor executor) {
        int hash = FlightTable.hash(checked(key));
        while (true) {
            Flight<K, V> flight = new Flight<>(key, hash, null);
            Flight<K, V> present = table.putIfAbsent(flight);
            if (present == null) {
                return start(flight, () -> work.get(), executor);
            }
            Sharing<V> sharing = join(present);
            if (sharing != null) {
                CompletableFuture<Result<V>> own = sharing.future(executor);
                own.whenComplete((value, thrown) -> {
                    if (value != null || thrown instanceof SingleflightException) {
                        shared.increment();
                    }
                });
                return own;
            }
        }
    }

    /**
     * Lets the next call for a key start anew though earlier work may still run. That work still completes for those
     * who wait for it, and doesn't disturb the newer.
     *
     * @param key the key
     * @return whether there was work in flight that is forgotten now
     */
    public boolean forget(K key) {
        return table.removeKey(checked(key));
    }

    /** {@linkplain #forget Forgets} every key that is in flight. */
    public void forgetAll() {
        table.clear();
    }

    /**
     * How many keys have work that a call would join. Forgotten work isn't counted. Takes time in proportion to the
     * table's size: made for monitoring.
     *
     * @return a count, exact when nothing changes meanwhile
     */
    public int inFlight() {
        return table.size();
    }

    /**
     * What this group did so far.
     *
     * @return the counts, each exact when nothing changes meanwhile
     */
    public Stats stats() {
        long ran = executions.sum();
        return new Stats(ran + joined.sum(), ran, shared.sum());
    }

    private Result<V> run(K key, Callable<? extends V> work, @Nullable Duration timeout, boolean forgetsOverdue)
            throws Exception {
        int hash = FlightTable.hash(checked(key));
        while (true) {
            Flight<K, V> flight = new Flight<>(key, hash, Thread.currentThread());
            Flight<K, V> present = table.putIfAbsent(flight);
            if (present == null) {
                return lead(flight, work);
            }
            Sharing<V> sharing = join(present);
            if (sharing != null) {
                return follow(present, sharing, timeout, forgetsOverdue);
            }
        }
    }

    private Result<V> lead(Flight<K, V> flight, Callable<? extends V> work) throws Exception {
        executions.increment();
        V value;
        try {
            value = work.call();
        } catch (Throwable thrown) {
            fail(flight, thrown);
            throw thrown;
        }
        return succeed(flight, value);
    }

    private Result<V> follow(
            Flight<K, V> flight, Sharing<V> sharing, @Nullable Duration timeout, boolean forgetsOverdue)
            throws InterruptedException {
        try {
            Result<V> result = timeout == null ? sharing.await() : sharing.await(timeout);
            shared.increment();
            return result;
        } catch (SingleflightException e) {
            shared.increment();
            throw e;
        } catch (SingleflightTimeoutException e) {
            if (forgetsOverdue) {
                table.remove(flight);
            }
            throw e;
        }
    }

    private Result<V> await(Flight<K, V> flight, CompletableFuture<Result<V>> own, Duration timeout) throws Exception {
        try {
            return own.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            table.remove(flight);
            throw new SingleflightTimeoutException(timeout);
        } catch (ExecutionException e) {
            // Not its cause: of a CompletionException that the work threw it has only what was in there.
            Throwable thrown = own.handle((result, failure) -> failure).join();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw thrown instanceof Exception exception ? exception : e;
        }
    }

    private CompletableFuture<Result<V>> start(Flight<K, V> flight, Callable<? extends V> work, Executor executor) {
        executions.increment();
        CompletableFuture<Result<V>> own = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                flight.runBy(Thread.currentThread());
                V value;
                try {
                    value = work.call();
                } catch (Throwable thrown) {
                    fail(flight, thrown);
                    own.completeExceptionally(thrown);
                    return;
                }
                own.complete(succeed(flight, value));
            });
        } catch (Throwable refused) {
            fail(flight, refused);
            own.completeExceptionally(refused);
        }
        return own;
    }

    private Result<V> succeed(Flight<K, V> flight, V value) {
        if (table.removeIfAlone(flight)) {
            return new Result<>(value, false);
        }
        table.remove(flight);
        Sharing<V> others = flight.land();
        Result<V> result = new Result<>(value, others != null);
        if (others != null) {
            others.publish(result);
        }
        return result;
    }

    private void fail(Flight<K, V> flight, Throwable thrown) {
        table.remove(flight);
        Sharing<V> others = flight.land();
        if (others != null) {
            others.publishFailure(thrown);
        }
    }

    /** Null if the flight landed meanwhile. */
    private @Nullable Sharing<V> join(Flight<K, V> present) {
        if (present.isRunBy(Thread.currentThread())) {
            throw new IllegalStateException("This thread runs the work for this key already and would wait for itself;"
                    + " use another key inside the work, or forget the key first");
        }
        Sharing<V> sharing = present.join();
        if (sharing != null) {
            joined.increment();
        }
        return sharing;
    }

    private static Duration checked(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new InvalidExpirationException(
                    "Single flight timeout " + timeout + " must be more than zero; leave it out to wait without limit");
        }
        return timeout;
    }

    private static <K> K checked(@Nullable K key) {
        if (key == null) {
            throw new InvalidKeyException("Single flight key is null; give a key with equals and hashCode");
        }
        return key;
    }
}
