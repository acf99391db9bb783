package io.hamster.singleflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.singleflight.Singleflight.Result;
import io.hamster.singleflight.Singleflight.Stats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Everything here runs on one thread: the executor only collects tasks, and the test runs them. */
class SingleflightAsyncTests {

    private final Singleflight<String, String> flights = new Singleflight<>();
    private final Deque<Runnable> submitted = new ArrayDeque<>();
    private final Executor executor = submitted::add;

    @Test
    void completesWithTheWorksResult() {
        CompletableFuture<Result<String>> future = flights.executeAsync("key", () -> "value", executor);
        assertThat(future).isNotDone();
        assertThat(flights.inFlight()).isEqualTo(1);

        runAll();

        assertThat(future).isCompletedWithValue(new Result<>("value", false));
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void callsShareTheWork() {
        List<CompletableFuture<Result<String>>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String value = "value " + i;
            futures.add(flights.executeAsync("key", () -> value, executor));
        }
        runAll();

        assertThat(futures)
                .allSatisfy(future -> assertThat(future).isCompletedWithValue(new Result<>("value 0", true)));
        assertThat(flights.stats()).isEqualTo(new Stats(3, 1, 2));
    }

    @Test
    void cancellingStopsNobodyElse() {
        CompletableFuture<Result<String>> first = flights.executeAsync("key", () -> "value", executor);
        CompletableFuture<Result<String>> second = flights.executeAsync("key", () -> "not run", executor);
        CompletableFuture<Result<String>> third = flights.executeAsync("key", () -> "not run", executor);
        first.cancel(true);
        second.cancel(true);
        runAll();

        assertThat(third).isCompletedWithValue(new Result<>("value", true));
        assertThatExceptionOfType(CancellationException.class).isThrownBy(second::join);
        assertThat(flights.stats()).isEqualTo(new Stats(3, 1, 1));
    }

    @Test
    void failsWithTheOriginalForItsRunnerAndWrappedForOthers() {
        IllegalArgumentException original = new IllegalArgumentException("bad");
        CompletableFuture<Result<String>> first = flights.executeAsync(
                "key",
                () -> {
                    throw original;
                },
                executor);
        CompletableFuture<Result<String>> second = flights.executeAsync("key", () -> "not run", executor);
        runAll();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(first::join)
                .satisfies(e -> assertThat(e.getCause()).isSameAs(original));
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(second::join)
                .satisfies(e -> assertThat(e.getCause())
                        .isExactlyInstanceOf(SingleflightException.class)
                        .cause()
                        .isSameAs(original));
        assertThat(flights.stats()).isEqualTo(new Stats(2, 1, 1));
    }

    @Test
    void aRefusingExecutorFailsTheFutureAndFreesTheKey() {
        CompletableFuture<Result<String>> refused = flights.executeAsync("key", () -> "value", task -> {
            throw new RejectedExecutionException("full");
        });

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(refused::join)
                .withCauseExactlyInstanceOf(RejectedExecutionException.class);
        assertThat(flights.inFlight()).isZero();
        assertThat(flights.executeAsync("key", () -> "value", Runnable::run))
                .isCompletedWithValue(new Result<>("value", false));
    }

    @Test
    void noWorkFailsTheFutureAndFreesTheKey() {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(flights.executeAsync("key", null, Runnable::run)::join)
                .withCauseExactlyInstanceOf(NullPointerException.class);
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void anExecutorThatRunsTheWorkAndThrowsChangesNothing() {
        CompletableFuture<Result<String>> future = flights.executeAsync("key", () -> "value", task -> {
            task.run();
            throw new RejectedExecutionException("but I ran it");
        });

        assertThat(future).isCompletedWithValue(new Result<>("value", false));
    }

    @Test
    void joinedFuturesCompleteOnTheirOwnExecutor() throws Exception {
        AtomicReference<CompletableFuture<Result<String>>> joined = new AtomicReference<>();
        Deque<Runnable> own = new ArrayDeque<>();
        flights.execute("key", () -> {
            joined.set(fromAnotherThread(() -> flights.executeAsync("key", () -> "not run", own::add)));
            return "value";
        });

        assertThat(joined.get()).as("not on the runner's thread").isNotDone();
        own.remove().run();
        assertThat(joined.get()).isCompletedWithValue(new Result<>("value", true));
    }

    @Test
    void joinedFuturesCompleteThoughTheirExecutorRefuses() throws Exception {
        AtomicReference<CompletableFuture<Result<String>>> joined = new AtomicReference<>();
        flights.execute("key", () -> {
            joined.set(fromAnotherThread(() -> flights.executeAsync("key", () -> "not run", task -> {
                throw new RejectedExecutionException("shut down");
            })));
            return "value";
        });

        assertThat(joined.get()).isCompletedWithValue(new Result<>("value", true));
    }

    @Test
    void anExecutorThatFailsConcernsNobodyElse() throws Exception {
        List<CompletableFuture<Result<String>>> joined = new ArrayList<>();
        Result<String> led = flights.execute("key", () -> {
            for (int i = 0; i < 3; i++) {
                joined.add(fromAnotherThread(() -> flights.executeAsync("key", () -> "not run", task -> {
                    throw new Error("unable to create native thread");
                })));
            }
            return "value";
        });

        assertThat(led).isEqualTo(new Result<>("value", true));
        assertThat(joined).allSatisfy(future -> assertThat(future).isCompletedWithValue(new Result<>("value", true)));
    }

    @Test
    void reentryFromTheExecutorsThreadIsRefused() {
        CompletableFuture<Result<String>> future = flights.executeAsync(
                "key",
                () -> {
                    flights.executeAsync("key", () -> "inner", executor);
                    return "outer";
                },
                executor);
        runAll();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(future::join)
                .withCauseExactlyInstanceOf(IllegalStateException.class);
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void forgottenWorkStillCompletes() {
        CompletableFuture<Result<String>> old = flights.executeAsync("key", () -> "old", executor);
        CompletableFuture<Result<String>> waiting = flights.executeAsync("key", () -> "not run", executor);
        flights.forget("key");
        CompletableFuture<Result<String>> fresh = flights.executeAsync("key", () -> "fresh", executor);
        runAll();

        assertThat(old).isCompletedWithValue(new Result<>("old", true));
        assertThat(waiting).isCompletedWithValue(new Result<>("old", true));
        assertThat(fresh).isCompletedWithValue(new Result<>("fresh", false));
    }

    private void runAll() {
        for (Runnable task = submitted.poll(); task != null; task = submitted.poll()) {
            task.run();
        }
    }

    private static <T> T fromAnotherThread(java.util.concurrent.Callable<T> action) {
        return CompletableFuture.supplyAsync(() -> {
                    try {
                        return action.call();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                })
                .join();
    }
}
