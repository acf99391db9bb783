package io.hamster.lock.memory;

import io.hamster.TimeSource;
import io.hamster.lock.LockStatus;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Keeps locks in this JVM's memory: exclusion among all clients of one instance, first come, first served. Answers at
 * once. Fences count up from the microseconds since 1970 at its creation, so they rise across restarts too, unless the
 * wall clock is set back or more than a million locks a second are granted throughout. Thread-safe.
 */
public final class MemoryLockStore implements LockStore {

    private static final int STRIPES = 64;

    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final long origin;
    private final AtomicLong fence;
    private final Stripe[] stripes = new Stripe[STRIPES];
    private final List<Wakeups> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /**
     * Creates an empty store.
     *
     * @param time its clock
     * @param scheduler wakes waiters when a lease ends; idle while nobody waits
     */
    public MemoryLockStore(TimeSource time, ScheduledExecutorService scheduler) {
        this.time = time;
        this.scheduler = scheduler;
        this.origin = time.nanoTime();
        this.fence = new AtomicLong(TimeUnit.MILLISECONDS.toMicros(time.millis()));
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe(this);
        }
    }

    @Override
    public CompletionStage<Answer> acquire(Ask ask) {
        return on(ask.key(), stripe -> stripe.acquire(ask));
    }

    @Override
    public CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch) {
        if (closed) {
            return refused();
        }
        Map<LockToken, Renewal> answers = new HashMap<>();
        for (Extension extension : batch) {
            answers.put(extension.token(), stripe(extension.key()).renew(extension));
        }
        return CompletableFuture.completedFuture(answers);
    }

    @Override
    public CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone) {
        return on(key, stripe -> stripe.release(key, token, tombstone.toNanos()));
    }

    @Override
    public CompletionStage<Optional<LockStatus>> status(String key) {
        return on(key, stripe -> stripe.status(key));
    }

    @Override
    public CompletionStage<List<LockStatus>> list(int limit) {
        if (closed) {
            return refused();
        }
        List<LockStatus> all = new ArrayList<>();
        for (Stripe stripe : stripes) {
            stripe.list(limit, all);
        }
        return CompletableFuture.completedFuture(all);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key) {
        return on(key, stripe -> stripe.release(key, null, 0));
    }

    @Override
    public Registration listen(Wakeups wakeups) {
        listeners.add(wakeups);
        return () -> listeners.remove(wakeups);
    }

    @Override
    public boolean ordersWaiters() {
        return true;
    }

    /** Refuses every later request; forgets the locks. */
    @Override
    public void close() {
        closed = true;
        for (Stripe stripe : stripes) {
            stripe.clear();
        }
    }

    /** How many locks are in memory, those that have run out included. */
    int remembered() {
        int count = 0;
        for (Stripe stripe : stripes) {
            count += stripe.size();
        }
        return count;
    }

    private <T> CompletionStage<T> on(String key, Function<Stripe, T> command) {
        if (closed) {
            return refused();
        }
        T answer = command.apply(stripe(key));
        // Given after the locks were forgotten, it could be a second holder's.
        return closed ? refused() : CompletableFuture.completedFuture(answer);
    }

    private static <T> CompletionStage<T> refused() {
        return CompletableFuture.failedFuture(new IllegalStateException("The memory lock store is closed"));
    }

    private Stripe stripe(String key) {
        int hash = key.hashCode();
        return stripes[(hash ^ (hash >>> 16)) & (STRIPES - 1)];
    }

    long now() {
        return time.nanoTime() - origin;
    }

    Instant wallClockAgo(long nanos) {
        return time.instant().minusNanos(nanos);
    }

    long nextFence() {
        return fence.incrementAndGet();
    }

    Future<?> schedule(Runnable work, long delayNanos) {
        // At least a nanosecond: a scheduler may run what is due at once on this thread, which holds a lock.
        return scheduler.schedule(work, Math.max(1, delayNanos), TimeUnit.NANOSECONDS);
    }

    void wake(String key, LockToken token) {
        for (Wakeups listener : listeners) {
            listener.woken(key, Optional.of(token));
        }
    }
}
