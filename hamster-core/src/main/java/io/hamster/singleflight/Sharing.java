package io.hamster.singleflight;

import io.hamster.singleflight.Singleflight.Result;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Those who joined a flight, and the outcome they wait for. Made by the first of them. */
final class Sharing<V extends @Nullable Object> {

    private final CountDownLatch published = new CountDownLatch(1);
    private final Map<CompletableFuture<Result<V>>, Executor> futures = new ConcurrentHashMap<>();

    /** Written before the latch opens, read after. */
    private @Nullable Result<V> result;

    private @Nullable Throwable failure;

    void publish(Result<V> value) {
        result = value;
        open();
    }

    void publishFailure(Throwable thrown) {
        failure = thrown;
        open();
    }

    Result<V> await() throws InterruptedException {
        published.await();
        return outcome();
    }

    Result<V> await(Duration timeout) throws InterruptedException {
        if (!published.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS)) {
            throw new SingleflightTimeoutException(timeout);
        }
        return outcome();
    }

    /** A future of its own for each caller, so that cancelling it concerns nobody else. */
    CompletableFuture<Result<V>> future(Executor executor) {
        CompletableFuture<Result<V>> future = new CompletableFuture<>();
        futures.put(future, executor);
        // A caller who gives up must leave no trace here: the work may run for long and many may give up meanwhile.
        future.whenComplete((value, thrown) -> futures.remove(future));
        if (published.getCount() == 0) {
            complete(future);
        }
        return future;
    }

    private void open() {
        published.countDown();
        // Callbacks of other callers belong on their executors, not on the thread that happened to do the work.
        futures.forEach((future, executor) -> {
            try {
                executor.execute(() -> complete(future));
            } catch (Throwable e) {
                // Refused, or out of threads: neither the others nor the runner may suffer from one caller's executor.
                complete(future);
            }
        });
    }

    private void complete(CompletableFuture<Result<V>> future) {
        try {
            future.complete(outcome());
        } catch (SingleflightException e) {
            future.completeExceptionally(e);
        }
    }

    private Result<V> outcome() {
        if (failure != null) {
            throw new SingleflightException(failure);
        }
        return Objects.requireNonNull(result, "published");
    }
}
