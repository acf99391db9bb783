package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
