package io.hamster.cache;

import io.hamster.TimeSource;
import io.hamster.cache.store.CacheStoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps reads from waiting for a store that is away: once several requests in a row have failed, requests fail at once,
 * but for one each cool-down that tries. The first answer ends that. One for all caches of a client, since they share the
 * server. Thread-safe.
 */
final class StoreCircuit {

    /** So many failures in a row mean that the store is away. */
    static final int FAILURES = 5;

    private final TimeSource time;
    private final long origin;
    private final long coolDown;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong lastTry = new AtomicLong();
    private volatile @Nullable Throwable lastFailure;

    StoreCircuit(TimeSource time, Duration coolDown) {
        this.time = time;
        this.origin = time.nanoTime();
        this.coolDown = Durations.nanos(coolDown);
    }

    /** Whether the store counts as away. */
    boolean isOpen() {
        return failures.get() >= FAILURES;
    }

    <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> request) {
        if (isOpen()) {
            long now = time.nanoTime() - origin;
            long last = lastTry.get();
            if (now - last < coolDown || !lastTry.compareAndSet(last, now)) {
                return CompletableFuture.failedFuture(new CacheStoreUnavailableException(
                        "The shared tier is away; it is tried again every " + Duration.ofNanos(coolDown), lastFailure));
            }
        }
        return request.get().whenComplete((answer, failure) -> answered(failure));
    }

    private void answered(@Nullable Throwable failure) {
        if (failure == null) {
            if (failures.get() != 0) {
                failures.set(0);
                lastFailure = null;
            }
            return;
        }
        lastFailure = StoreAnswers.unavailable(failure);
        lastTry.set(time.nanoTime() - origin);
        failures.updateAndGet(before -> Math.min(FAILURES, before + 1));
    }
}
