package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Which executor runs what, and what happens when one doesn't. */
class CacheExecutorTests extends CacheTestBase {

    private final Executor exhausted = work -> {
        throw new OutOfMemoryError("unable to create native thread");
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
