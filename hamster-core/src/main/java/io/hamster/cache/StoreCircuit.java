package io.hamster.cache;

import io.hamster.TimeSource;
import io.hamster.cache.store.CacheStoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps reads from waiting for a store that is away: once several requests in a row have failed, requests fail at once,
 * but for one each cool-down that tries. The first answer ends that. One for all caches of a client, since they share the
 * server. Thread-safe.
 */
final class StoreCircuit {

    private static final Logger log = LoggerFactory.getLogger(StoreCircuit.class);

    /** So many failures in a row mean that the store is away. */
    static final int FAILURES = 5;

    private final String what;
    private final TimeSource time;
    private final long origin;
    private final long coolDown;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong lastTry = new AtomicLong();
    private volatile @Nullable Throwable lastFailure;
    /** By the wall clock, for people. */
    private volatile @Nullable Instant failingSince;

    /**
     * Creates a closed circuit.
     *
     * @param what what is behind it, for the log
     */
    StoreCircuit(String what, TimeSource time, Duration coolDown) {
        this.what = what;
        this.time = time;
        this.origin = time.nanoTime();
        this.coolDown = Durations.nanos(coolDown);
    }

    /** Whether the store counts as away. */
    boolean isOpen() {
        return failures.get() >= FAILURES;
    }

    /** When the first request failed that none has been answered since; empty while the store doesn't count as away. */
    Optional<Instant> awaySince() {
        return isOpen() ? Optional.ofNullable(failingSince) : Optional.empty();
    }

    <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> request) {
        return guarded(request, failure -> false);
    }

    /**
     * The same for a store that may refuse a request.
     *
     * @param isAnswer whether a failure shows that the store is there
     */
    <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> request, Predicate<Throwable> isAnswer) {
        return guarded(request, isAnswer, failure -> false);
    }

    /**
     * The same for a request that may fail for its own sake.
     *
     * @param isAnswer whether a failure shows that the store is there
     * @param saysNothing whether any other failure leaves open if the store is there
     */
    <T> CompletionStage<T> guarded(
            Supplier<CompletionStage<T>> request, Predicate<Throwable> isAnswer, Predicate<Throwable> saysNothing) {
        if (isOpen()) {
            long now = time.nanoTime() - origin;
            long last = lastTry.get();
            if (now - last < coolDown || !lastTry.compareAndSet(last, now)) {
                return CompletableFuture.failedFuture(new CacheStoreUnavailableException(
                        "The shared tier is away; it is tried again every " + Duration.ofNanos(coolDown),
                        lastFailure,
                        Duration.ofNanos(Math.max(0, lastTry.get() + coolDown - now))));
            }
        }
        return request.get().whenComplete((answer, failure) -> {
            if (failure == null || isAnswer.test(failure)) {
                answered(null);
            } else if (!saysNothing.test(failure)) {
                answered(failure);
            }
        });
    }

    private void answered(@Nullable Throwable failure) {
        if (failure == null) {
            if (failures.get() != 0) {
                if (failures.getAndSet(0) == FAILURES) {
                    log.info("What caches share answers again ({})", what);
                }
                lastFailure = null;
                failingSince = null;
            }
            return;
        }
        lastFailure = StoreAnswers.unavailable(failure);
        lastTry.set(time.nanoTime() - origin);
        int before = failures.getAndUpdate(count -> Math.min(FAILURES, count + 1));
        if (before == 0) {
            failingSince = time.instant();
        } else if (before == FAILURES - 1) {
            log.warn(
                    "What caches share is away ({}); it is tried again every {}",
                    what,
                    Duration.ofNanos(coolDown),
                    lastFailure);
        }
    }
}
