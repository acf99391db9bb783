package io.hamster.lock;

import io.hamster.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps callers from waiting for a store that is away: once several commands in a row have failed, or none was answered
 * for longer than a command may take, requests fail at once, but for one each cool-down that tries. The first answer ends
 * that. Whoever waits for a lock asks on by the retry strategy, to the end of the wait.
 *
 * <p>Renewals and releases always go through: a lock's life depends on them, their number is bounded by the locks held,
 * and they find out too whether the store is back. Thread-safe.
 */
public final class CircuitLockStore implements LockStore {

    /** So many failures in a row mean that the store is away. */
    static final int FAILURES = 5;

    private static final Logger LOG = LoggerFactory.getLogger(CircuitLockStore.class);
    private static final long NONE = Long.MIN_VALUE;

    private final LockStore store;
    private final TimeSource time;
    private final long origin;
    private final long commandTimeout;
    private final long coolDown;
    private final Predicate<Throwable> answers;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicLong lastProbe;

    /** When the first command was sent that nothing was answered since. */
    private volatile long waitingSince = NONE;

    private volatile boolean probing;
    private volatile @Nullable Throwable lastFailure;
    private final AtomicBoolean told = new AtomicBoolean();
    /** By the wall clock, for people. */
    private volatile @Nullable Instant failingSince;

    /**
     * Puts the circuit before a store.
     *
     * @param store closed with this one
     * @param time the clock
     * @param commandTimeout how long the store may take to answer; &gt; 0
     * @param coolDown the time between attempts while the store is away; &gt; 0
     * @param answers whether a failure is the store's own answer, which shows that it is there
     */
    public CircuitLockStore(
            LockStore store,
            TimeSource time,
            Duration commandTimeout,
            Duration coolDown,
            Predicate<Throwable> answers) {
        this.store = store;
        this.time = time;
        this.origin = time.nanoTime();
        this.commandTimeout = commandTimeout.toNanos();
        this.coolDown = coolDown.toNanos();
        this.answers = answers;
        this.lastProbe = new AtomicLong(-this.coolDown);
    }

    /**
     * Since when the store doesn't answer.
     *
     * @return when the first command failed that none has been answered since; empty while the store counts as there
     */
    public Optional<Instant> awaySince() {
        return isOpen() ? Optional.ofNullable(failingSince).or(() -> Optional.of(time.instant())) : Optional.empty();
    }

    /**
     * Whether requests fail at once.
     *
     * @return {@code true} while the store counts as away
     */
    public boolean isOpen() {
        return isAway(now());
    }

    @Override
    public CompletionStage<Answer> acquire(Ask ask) {
        return guarded(() -> store.acquire(ask));
    }

    @Override
    public CompletionStage<Optional<LockStatus>> status(String key) {
        return guarded(() -> store.status(key));
    }

    @Override
    public CompletionStage<List<LockStatus>> list(int limit) {
        return guarded(() -> store.list(limit));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key) {
        return guarded(() -> store.forceRelease(key));
    }

    @Override
    public CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch) {
        return watched(now(), store.renew(batch));
    }

    @Override
    public CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone) {
        return watched(now(), store.release(key, token, tombstone));
    }

    @Override
    public HandOver handOver(LockToken holder, Ask next) {
        long now = now();
        if (isAway(now)) {
            return LockStore.super.handOver(holder, next);
        }
        HandOver handOver = store.handOver(holder, next);
        watched(now, handOver.released());
        watched(now, handOver.answer());
        return handOver;
    }

    @Override
    public Registration listen(Wakeups wakeups) {
        return store.listen(wakeups);
    }

    @Override
    public boolean ordersWaiters() {
        return store.ordersWaiters();
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> command) {
        long now = now();
        if (!isAway(now)) {
            return watched(now, command.get());
        }
        if (told.compareAndSet(false, true)) {
            LOG.warn("The lock store is away: requests fail at once until it answers", lastFailure);
        }
        long last = lastProbe.get();
        // One that isn't answered holds its caller up for the command timeout: the pause begins after that.
        long pause = probing ? commandTimeout + coolDown : coolDown;
        if (now - last < pause || !lastProbe.compareAndSet(last, now)) {
            return CompletableFuture.failedFuture(new NotSentException(
                    "The lock store is away: it was tried " + TimeUnit.NANOSECONDS.toMillis(now - last)
                            + " ms ago and is tried again " + TimeUnit.NANOSECONDS.toMillis(pause) + " ms after that",
                    lastFailure,
                    Duration.ofNanos(Math.max(0, last + pause - now))));
        }
        probing = true;
        CompletionStage<T> probe = watched(now, command.get());
        probe.whenComplete((value, failure) -> probing = failure instanceof CancellationException);
        return probe;
    }

    private boolean isAway(long now) {
        long waiting = waitingSince;
        return failures.get() >= FAILURES || (waiting != NONE && now - waiting > commandTimeout);
    }

    private <T> CompletionStage<T> watched(long now, CompletionStage<T> answer) {
        unanswered.incrementAndGet();
        if (waitingSince == NONE) {
            waitingSince = now;
        }
        answer.whenComplete((value, failure) -> answered(failure));
        return answer;
    }

    private void answered(@Nullable Throwable failure) {
        int left = unanswered.decrementAndGet();
        Throwable cause = failure == null ? null : StoreCalls.unwrapped(failure);
        if (cause instanceof CancellationException) {
            // Its caller waits no more; the store hasn't said anything.
            return;
        }
        if (cause != null && !answers.test(cause)) {
            lastFailure = cause;
            if (failures.getAndIncrement() == 0) {
                failingSince = time.instant();
            }
            if (left == 0) {
                // A failure isn't silence: while nobody asks, time alone must not count against the store.
                waitingSince = NONE;
            }
            return;
        }
        waitingSince = NONE;
        if (told.get() && told.compareAndSet(true, false)) {
            LOG.info("The lock store answers again");
        }
        if (failures.get() != 0) {
            failures.set(0);
            lastFailure = null;
            failingSince = null;
        }
    }

    private long now() {
        return time.nanoTime() - origin;
    }
}
