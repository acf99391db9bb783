package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An interruption is the concern of the interrupted thread and of nobody else. */
class CacheInterruptionTests extends CacheTestBase {

    private final BlockingLoader other = new BlockingLoader();

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder();
    }

    @Test
    void whoeverWaitsTakesOverFromALoadInterruptedInANestedWait() throws Exception {
        HamsterCache<String, String> cache = cache();
        Future<Optional<String>> k2 = threads.submit(() -> cache.get("k2", other));
        other.awaitBegun();
        Started<Optional<String>> runner =
                started(() -> cache.get("k1", key -> cache.get("k2", other).orElseThrow()));
        Started<Optional<String>> single = started(() -> cache.get("k1", key -> "taken over"));
        Started<Map<String, String>> bulk = started(() -> cache.getAll(List.of("k1"), keys -> Map.of("k1", "v")));

        runner.thread.interrupt();

        assertThat(failure(runner.call)).isInstanceOf(CacheLoadInterruptedException.class);
        assertThat(single.call.get(20, TimeUnit.SECONDS)).isPresent();
        assertThat(bulk.call.get(20, TimeUnit.SECONDS)).containsKey("k1");
        other.release("v2");
        assertThat(k2.get(20, TimeUnit.SECONDS)).contains("v2");
    }

    @Test
    void whoeverWaitsTakesOverFromAStageThatWasInterrupted() throws Exception {
        HamsterCache<String, String> cache = cache();
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first =
                cache.composeAsync("k", key -> source, value -> EntryOptions.none());
        CompletableFuture<Optional<String>> second = cache.composeAsync(
                "k", key -> CompletableFuture.completedFuture("taken over"), value -> EntryOptions.none());
        InterruptedException interruption = new InterruptedException();

        source.completeExceptionally(interruption);

        assertThat(failure(first)).isSameAs(interruption);
        assertThat(second.get(20, TimeUnit.SECONDS)).contains("taken over");
    }

    enum Way {
        GET {
            @Override
            Optional<String> ask(HamsterCache<String, String> cache, Callable<String> load) {
                return cache.get("k", key -> load.call());
            }
        },
        GET_ALL {
            @Override
            Optional<String> ask(HamsterCache<String, String> cache, Callable<String> load) {
                return Optional.ofNullable(cache.getAll(List.of("k"), keys -> Map.of("k", load.call()))
                        .get("k"));
            }
        },
        GET_ASYNC {
            @Override
            Optional<String> ask(HamsterCache<String, String> cache, Callable<String> load) throws Exception {
                return cache.getAsync("k", key -> load.call()).get(20, TimeUnit.SECONDS);
            }
        };

        abstract Optional<String> ask(HamsterCache<String, String> cache, Callable<String> load) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void theFlagIsTheLoadersThreadsAndNotItsCallers(Way way) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean flag = new AtomicBoolean();
        HamsterCache<String, String> cache = cache(
                client().executor(work -> threads.execute(() -> {
                    work.run();
                    flag.set(Thread.interrupted());
                    done.countDown();
                })),
                policy().hardTimeout(Duration.ofMinutes(1)));

        Throwable failure = catchThrowable(() -> way.ask(cache, () -> {
            throw new InterruptedException();
        }));

        assertThat(failure).isNotNull();
        assertThat(Thread.interrupted()).as("flag of the caller").isFalse();
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(flag).as("flag of the loader's thread").isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFlagIsSetAgainOnACallerWhoRunsTheLoader(boolean inTransaction) {
        HamsterCache<String, String> cache = cache(client().inTransaction(() -> inTransaction), policy());

        for (Way way : List.of(Way.GET, Way.GET_ALL)) {
            assertThatExceptionOfType(CacheLoadInterruptedException.class)
                    .isThrownBy(() -> way.ask(cache, () -> {
                        throw new InterruptedException();
                    }));
            assertThat(Thread.interrupted()).as("flag after %s", way).isTrue();
        }
        assertThat(cache.composeAsync(
                        "k",
                        key -> {
                            throw new InterruptedException();
                        },
                        value -> EntryOptions.none()))
                .isCompletedExceptionally();
        assertThat(Thread.interrupted()).as("flag after composeAsync").isTrue();
    }

    private record Started<T>(Future<T> call, Thread thread) {}

    /** Starts a call and returns once its thread is waiting for something. */
    private <T> Started<T> started(Callable<T> call) throws InterruptedException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        Future<T> future = threads.submit(() -> {
            thread.set(Thread.currentThread());
            begun.countDown();
            return call.call();
        });
        begun.await();
        await().until(() -> thread.get().getState() == Thread.State.WAITING);
        return new Started<>(future, thread.get());
    }
}
