package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

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
                parked(() -> cache.get("k1", key -> cache.get("k2", other).orElseThrow()));
        Started<Optional<String>> single = parked(() -> cache.get("k1", key -> "taken over"));
        Started<Map<String, String>> bulk = parked(() -> cache.getAll(List.of("k1"), keys -> Map.of("k1", "v")));

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

    private record Started<T>(Future<T> call, Thread thread) {}

    /** Starts a call and returns once its thread is waiting for something. */
    private <T> Started<T> parked(Callable<T> call) throws InterruptedException {
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

    private static Throwable failure(Future<?> future) throws Exception {
        try {
            return new AssertionError("It returned " + future.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
