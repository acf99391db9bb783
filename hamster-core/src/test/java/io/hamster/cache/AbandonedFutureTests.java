package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Callers who give up leave nothing behind at a load that goes on. */
class AbandonedFutureTests extends CacheTestBase {

    private final CompletableFuture<String> source = new CompletableFuture<>();

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder();
    }

    private CompletableFuture<Optional<String>> follow(HamsterCache<String, String> cache) {
        return cache.composeAsync("k", key -> source, value -> EntryOptions.none());
    }

    /** The one in the table, found by trying to put another beside it. */
    private static Flight<String> flight(HamsterCache<String, String> cache) {
        LocalTier<String, String> tier = ((LocalCache<String, String>) cache).tier();
        return tier.board("k", new Flight<>(new LoadGraph.Run(tier, Set.of("k")), tier.origin(), Set.of()));
    }

    @Test
    void cancelledFuturesDontPileUp() {
        HamsterCache<String, String> cache = cache();
        CompletableFuture<Optional<String>> first = follow(cache);
        for (int i = 0; i < 100; i++) {
            follow(cache).cancel(true);
        }

        assertThat(flight(cache).settled().size()).isEqualTo(1);
        source.complete("v");
        assertThat(first).isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void futuresThatWaitForTheSoftTimeoutDontPileUp() {
        HamsterCache<String, String> cache = cache(policy().defaultTtl(Duration.ofMinutes(1))
                .staleOnError(Duration.ofMinutes(5))
                .softTimeout(Duration.ofSeconds(1)));
        cache.put("k", "old");
        time.advance(Duration.ofMinutes(2));
        CompletableFuture<Optional<String>> first = follow(cache);
        for (int i = 0; i < 100; i++) {
            follow(cache).completeExceptionally(new TimeoutException());
        }

        assertThat(flight(cache).soon().size()).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(first).isCompletedWithValue(Optional.of("old"));
        assertThat(flight(cache).settled().size()).isZero();
    }

    @Test
    void startsNoLoadForACallerWhoHasGivenUp() {
        HamsterCache<String, String> cache = cache();
        AtomicInteger loads = new AtomicInteger();
        follow(cache);
        CompletableFuture<Optional<String>> second = cache.getAsync("k", key -> "v" + loads.incrementAndGet());
        second.cancel(true);

        source.completeExceptionally(new InterruptedException());

        assertThat(loads).hasValue(0);
    }
}
