package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which executor runs what, and what happens when one doesn't. */
class CacheExecutorTests extends CacheTestBase {

    private final Executor exhausted = work -> {
        throw new Error("unable to create native thread");
    };

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.LRU);
    }

    private static CompletableFuture<Optional<String>> follow(
            HamsterCache<String, String> cache, CompletableFuture<String> source) {
        return cache.composeAsync("k", key -> source, value -> EntryOptions.none());
    }

    @Test
    void everyFutureCompletesThoughTheExecutorFails() {
        HamsterCache<String, String> cache = cache(client().executor(exhausted), policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        List<CompletableFuture<Optional<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(follow(cache, source));
        }

        source.complete("v");

        assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedWithValue(Optional.of("v")));
    }

    /** As an executor does that carries context: here, the name of whoever submitted. */
    private Executor carrying(ThreadLocal<String> context) {
        return work -> {
            String submitter = context.get();
            threads.execute(() -> {
                context.set(submitter);
                work.run();
                context.remove();
            });
        };
    }

    @ParameterizedTest
    @EnumSource
    void nobodyGetsTheContextOfAnother(Eviction eviction) throws Exception {
        ThreadLocal<String> context = new ThreadLocal<>();
        HamsterCache<String, String> cache = cache(
                client().executor(carrying(context)).contextFreeExecutor(threads),
                policy().eviction(eviction).maxSize(1));
        CompletableFuture<String> listened = new CompletableFuture<>();
        cache.onRemoval((key, value, cause) -> listened.complete(String.valueOf(context.get())));
        CompletableFuture<String> source = new CompletableFuture<>();
        context.set("A");
        CompletableFuture<Optional<String>> first = follow(cache, source);
        context.set("B");
        CompletableFuture<String> seen = follow(cache, source).thenApply(value -> String.valueOf(context.get()));

        context.set("A");
        source.complete("v");

        assertThat(first).isCompletedWithValue(Optional.of("v"));
        assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("null");
        cache.invalidate("k");
        assertThat(listened.get(20, TimeUnit.SECONDS)).isEqualTo("null");
        assertThat(cache.getAsync("l", key -> context.get()).get(20, TimeUnit.SECONDS))
                .as("a load is its caller's own")
                .contains("A");
        context.remove();
    }

    @Test
    void loadsThoughTheClientIsClosedAtTheLastMoment() {
        AtomicReference<CacheClient> client = new AtomicReference<>();
        AtomicBoolean isLate = new AtomicBoolean();
        client.set(client().executor(work -> {
                    client.get().close();
                    isLate.set(true);
                    throw new RejectedExecutionException("shut down");
                })
                .build());
        HamsterCache<String, String> cache = client.get()
                .cache("books", policy().hardTimeout(Duration.ofMinutes(1)).build());

        assertThat(cache.get("k", key -> "by " + Thread.currentThread().getName()))
                .contains("by " + Thread.currentThread().getName());
        assertThat(isLate).isTrue();
    }

    @Test
    void failsWhenAnOpenClientsExecutorRefuses() {
        RejectedExecutionException full = new RejectedExecutionException("full");
        HamsterCache<String, String> cache = cache(
                client().executor(work -> {
                    throw full;
                }),
                policy().hardTimeout(Duration.ofMinutes(1)));

        assertThatException().isThrownBy(() -> cache.get("k", key -> "v")).isSameAs(full);
    }

    /** Runs work unless there are no threads for now. */
    private Executor exhausted(AtomicBoolean isExhausted) {
        return work -> (isExhausted.get() ? exhausted : (Executor) Runnable::run).execute(work);
    }

    @Test
    void reloadsInIntervalsAfterThreadsHaveRunOut() {
        AtomicBoolean isExhausted = new AtomicBoolean(true);
        HamsterCache<String, String> cache =
                cache(client().executor(exhausted(isExhausted)), policy().refreshInterval(Duration.ofMinutes(1)));
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", key -> "v" + loads.incrementAndGet());
        time.advance(Duration.ofSeconds(90));
        assertThat(loads).hasValue(1);

        isExhausted.set(false);
        time.advance(Duration.ofSeconds(4));

        assertThat(loads).hasValue(2);
    }

    @Test
    void reloadsWithAllWorkersAfterThreadsHaveRunOut() {
        AtomicInteger free = new AtomicInteger(Integer.MAX_VALUE);
        HamsterCache<String, String> cache = cache(
                client().executor(work -> {
                    if (free.getAndDecrement() <= 0) {
                        exhausted.execute(work);
                    }
                    work.run();
                }),
                policy().refreshInterval(Duration.ofMinutes(1)));
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", key -> "v" + loads.incrementAndGet());
        time.advance(Duration.ofSeconds(58));
        for (int look = 0; look < 10; look++) {
            // Enough for a look, but not for a worker.
            free.set(1);
            time.advance(Duration.ofSeconds(4));
        }
        assertThat(loads).hasValue(1);

        free.set(Integer.MAX_VALUE);
        time.advance(Duration.ofSeconds(4));

        assertThat(loads).hasValue(2);
    }

    @Test
    void flushesAfterThreadsHaveRunOut() {
        AtomicBoolean isExhausted = new AtomicBoolean(true);
        RecordingSource source = new RecordingSource();
        HamsterCache<String, String> cache = cache(
                client().executor(exhausted(isExhausted)),
                CachePolicy.builder()
                        .writeBack(
                                source,
                                WriteBackPolicy.builder()
                                        .flushInterval(Duration.ofSeconds(10))
                                        .batchSize(1)
                                        .build()));
        cache.put("k", "v");
        time.advance(Duration.ofSeconds(10));
        assertThat(source.values).isEmpty();

        isExhausted.set(false);
        cache.put("l", "w");
        assertThat(source.values).as("a full batch").containsEntry("k", "v").containsEntry("l", "w");
        isExhausted.set(true);
        cache.put("m", "x");
        time.advance(Duration.ofSeconds(10));
        isExhausted.set(false);
        time.advance(Duration.ofSeconds(10));

        assertThat(source.values).as("in the next interval").containsEntry("m", "x");
    }

    @Test
    void flushesAtLastThoughThreadsHaveRunOut() {
        RecordingSource source = new RecordingSource();
        CacheClient client = client().executor(exhausted).build();
        HamsterCache<String, String> cache = client.cache(
                "books",
                CachePolicy.builder()
                        .writeBack(source, WriteBackPolicy.builder().build())
                        .build());
        cache.put("k", "v");

        client.close();

        assertThat(source.values).containsEntry("k", "v");
    }

    /** A scheduler that can't set a timer once, as one whose queue there is no memory for. */
    private ScheduledExecutorService failing(AtomicBoolean fails) {
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("schedule") && fails.getAndSet(false)) {
                        throw new Error("no memory for another timer");
                    }
                    return method.invoke(time.scheduler(), arguments);
                });
    }

    @Test
    void reloadsInIntervalsAfterNoTimerCouldBeSet() {
        AtomicBoolean fails = new AtomicBoolean(true);
        HamsterCache<String, String> cache =
                cache(client().scheduler(failing(fails)), policy().refreshInterval(Duration.ofMinutes(1)));
        AtomicInteger loads = new AtomicInteger();
        CacheLoader<String, String> loader = key -> "v" + loads.incrementAndGet();
        assertThat(cache.get("k", loader)).contains("v1");
        assertThat(fails).isFalse();

        time.advance(Duration.ofSeconds(10));
        cache.get("k", loader);
        time.advance(Duration.ofSeconds(55));
        assertThat(loads).as("the next read sets it").hasValue(2);

        fails.set(true);
        time.advance(Duration.ofSeconds(10));
        assertThat(fails).as("the look's own").isFalse();
        cache.get("k", loader);
        time.advance(Duration.ofSeconds(55));
        assertThat(loads).hasValue(3);
    }

    @Test
    void triesAgainToFlushAfterNoTimerCouldBeSet() {
        AtomicBoolean fails = new AtomicBoolean(true);
        RecordingSource source = new RecordingSource();
        HamsterCache<String, String> cache = cache(
                client().scheduler(failing(fails)),
                CachePolicy.builder()
                        .writeBack(
                                source,
                                WriteBackPolicy.builder()
                                        .retryDelay(Duration.ofSeconds(1))
                                        .build()));
        source.away = true;
        cache.put("k", "v");
        assertThatExceptionOfType(FlushException.class).isThrownBy(cache::flush);
        assertThat(fails).isFalse();
        assertThatExceptionOfType(FlushException.class).isThrownBy(cache::flush);

        source.away = false;
        time.advance(Duration.ofSeconds(1));

        assertThat(source.values).containsEntry("k", "v");
    }

    @Test
    void reclaimsThoughThreadsHaveRunOut() {
        HamsterCache<String, String> cache =
                cache(client().executor(exhausted), policy().defaultTtl(Duration.ofMinutes(1)));
        cache.put("k", "v");

        time.advance(Duration.ofMinutes(2));
        assertThat(cache.stats().size()).isZero();
        cache.put("k", "v");
        time.advance(Duration.ofMinutes(2));

        assertThat(cache.stats().size()).isZero();
    }

    @Test
    void removesThoughListenersCantBeTold() {
        HamsterCache<String, String> cache = cache(client().executor(exhausted), policy());
        cache.onRemoval((key, value, cause) -> {});
        cache.put("k", "v");

        assertThat(cache.invalidate("k")).isTrue();
        assertThat(cache.get("k")).isEmpty();
        assertThat(cache.stats().memory()).isZero();
    }
}
