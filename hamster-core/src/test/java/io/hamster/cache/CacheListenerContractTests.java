package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What listeners are told of loads. */
abstract class CacheListenerContractTests extends CacheTestBase {

    private final Recorder recorder = new Recorder();

    private static final class Recorder implements CacheListener {

        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void created(HamsterCache<?, ?> cache) {
            told.add("created " + cache.name());
        }

        @Override
        public Loading loading(String cache, Collection<?> keys, boolean isRefresh) {
            told.add((isRefresh ? "refresh " : "load ") + cache + " " + keys);
            return new Loading() {

                @Override
                public void returned() {
                    told.add("returned");
                }

                @Override
                public void ended(Duration took, Optional<Throwable> error) {
                    told.add(error.map(Throwable::getMessage).orElse("ok") + " after " + took.toSeconds());
                }
            };
        }
    }

    private HamsterCache<String, String> watched(CachePolicyBuilder policy) {
        return cache(client().listener(recorder), policy);
    }

    private void assertTold(String... loads) {
        assertThat(recorder.told).startsWith("created books").containsSubsequence(loads);
        assertThat(recorder.told).hasSize(1 + loads.length);
    }

    @Test
    void hearOfALoadAndNotOfAHit() {
        HamsterCache<String, String> cache = watched(policy());

        cache.get("k", key -> {
            time.advance(Duration.ofSeconds(3));
            return "v";
        });
        cache.get("k", key -> "never");
        cache.getAsync("k", key -> "never").join();

        assertTold("load books [k]", "returned", "ok after 3");
    }

    @Test
    void hearWhatALoadFailedWith() {
        HamsterCache<String, String> cache = watched(policy());

        assertThatIllegalStateException()
                .isThrownBy(() -> cache.get("k", key -> {
                    throw new IllegalStateException("no source");
                }));

        assertTold("load books [k]", "returned", "no source after 0");
    }

    @Test
    void hearOnceOfSeveralKeysLoadedByOneCall() {
        HamsterCache<String, String> cache = watched(policy());
        cache.put("there", "v");

        cache.getAll(List.of("a", "there", "b"), keys -> Map.of("a", "v"));

        assertTold("load books [a, b]", "returned", "ok after 0");
    }

    @Test
    void hearOfTheEndOfAStageAfterItsLoaderReturned() {
        HamsterCache<String, String> cache = watched(policy());
        CompletableFuture<String> source = new CompletableFuture<>();

        CompletableFuture<Optional<String>> found =
                cache.composeAsync("k", key -> source, value -> EntryOptions.none());
        time.advance(Duration.ofSeconds(2));
        source.complete("v");

        assertThat(found.join()).contains("v");
        assertTold("load books [k]", "returned", "ok after 2");
    }

    @Test
    void hearOfAStageThatHadEndedAlready() {
        HamsterCache<String, String> cache = watched(policy());

        cache.composeAsync("k", key -> CompletableFuture.completedFuture("v"), value -> EntryOptions.none())
                .join();
        assertThat(cache.composeAsync(
                        "l",
                        key -> CompletableFuture.failedFuture(new IllegalStateException("no source")),
                        value -> EntryOptions.none()))
                .isCompletedExceptionally();

        assertTold("load books [k]", "returned", "ok after 0", "load books [l]", "returned", "no source after 0");
    }

    @Test
    void canTellARefreshFromALoad() {
        HamsterCache<String, String> cache =
                watched(policy().defaultTtl(Duration.ofSeconds(10)).refreshAhead(0.5));
        cache.get("k", key -> "old");
        time.advance(Duration.ofSeconds(6));

        assertThat(cache.get("k", key -> "new")).contains("old");

        assertTold("load books [k]", "returned", "ok after 0", "refresh books [k]", "returned", "ok after 0");
    }

    @Test
    void hearOfLoadsInTransactions() {
        HamsterCache<String, String> cache = cache(client().listener(recorder).inTransaction(() -> true), policy());

        cache.get("k", key -> "v");
        cache.getAll(List.of("l", "m"), keys -> Map.of());
        cache.composeAsync("n", key -> CompletableFuture.completedFuture("v"), value -> EntryOptions.none())
                .join();

        assertTold(
                "load books [k]",
                "returned",
                "ok after 0",
                "load books [l, m]",
                "returned",
                "ok after 0",
                "load books [n]",
                "returned",
                "ok after 0");
    }

    @Test
    void canBreakNothing() {
        CacheListener broken = new CacheListener() {

            @Override
            public void created(HamsterCache<?, ?> cache) {
                throw new IllegalStateException("planted");
            }

            @Override
            public Loading loading(String cache, Collection<?> keys, boolean isRefresh) {
                if (keys.contains("at once")) {
                    throw new IllegalStateException("planted");
                }
                return (took, error) -> {
                    throw new IllegalStateException("planted");
                };
            }
        };
        HamsterCache<String, String> cache = cache(client().listener(broken).listener(recorder), policy());

        assertThat(cache.get("at once", key -> "v")).contains("v");
        assertThat(cache.get("later", key -> "v")).contains("v");
        assertTold("load books [at once]", "returned", "ok after 0", "load books [later]", "returned", "ok after 0");
    }

    /** Where the store answers on a thread of its own, nothing of the caller's is on it. */
    @Test
    void anAsynchronousLoaderHasItsCallersContext() throws Exception {
        ThreadLocal<String> user = new ThreadLocal<>();
        HamsterCache<String, String> cache = cache(
                client().executor(threads).contextFreeExecutor(threads).contextCarrier(work -> {
                    String name = user.get();
                    return () -> {
                        user.set(name);
                        try {
                            work.run();
                        } finally {
                            user.remove();
                        }
                    };
                }),
                policy());
        user.set("ann");

        CompletableFuture<Optional<String>> seen = cache.composeAsync(
                "k", key -> CompletableFuture.completedFuture(user.get()), value -> EntryOptions.none());

        assertThat(result(seen)).contains("ann");
        user.remove();
    }
}
