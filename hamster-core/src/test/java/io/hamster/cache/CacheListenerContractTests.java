package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.hamster.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What listeners are told of loads and changes. */
abstract class CacheListenerContractTests extends CacheTestBase {

    private final Recorder recorder = new Recorder();

    private static final class Recorder implements CacheListener {

        private final List<String> told = new CopyOnWriteArrayList<>();
        private final List<String> changes = new CopyOnWriteArrayList<>();

        @Override
        public Changing changing(String cache, Operation operation, Collection<?> subjects) {
            String what = operation + " " + cache + " " + List.copyOf(subjects);
            return (isDone, took, error) -> changes.add(what
                    + (isDone ? " done after " : " not done after ")
                    + took.toSeconds()
                    + error.map(e -> ": " + e.getMessage()).orElse(""));
        }

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
    void hearOfEachChange() {
        HamsterCache<String, String> cache = watched(policy());

        cache.put("k", "v");
        cache.put("k", "v", EntryOptions.none());
        cache.putAll(Map.of("l", "v"));
        cache.putIfAbsent("m", "v");
        cache.putAbsent("n");
        cache.invalidate("k");
        cache.invalidateAll(List.of("l", "m"));
        cache.invalidateTags(List.of("t"));
        cache.loadAndDelete("k");
        cache.flush();
        cache.clear();
        cache.get("k");
        cache.entry("k");

        assertThat(recorder.changes)
                .containsExactly(
                        "PUT books [k] done after 0",
                        "PUT books [k] done after 0",
                        "PUT books [l] done after 0",
                        "PUT books [m] done after 0",
                        "PUT books [n] done after 0",
                        "INVALIDATE books [k] done after 0",
                        "INVALIDATE books [l, m] done after 0",
                        "INVALIDATE_TAGS books [t] done after 0",
                        "DELETE books [k] done after 0",
                        "FLUSH books [] done after 0",
                        "CLEAR books [] done after 0");
        assertThat(recorder.told).containsExactly("created books");
    }

    @Test
    void canTellWhatWasNotDone() {
        HamsterCache<String, String> cache = watched(policy());
        CacheTicket<String, String> late = cache.ticket("k");
        cache.put("k", "v");
        recorder.changes.clear();

        assertThat(cache.putIfAbsent("k", "other")).contains("v");
        assertThat(late.publish("k", Optional.of("old"), EntryOptions.none())).isFalse();
        assertThat(late.put("k", Optional.of("old"), EntryOptions.none())).isFalse();
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.invalidate(""));

        assertThat(recorder.changes)
                .startsWith(
                        "PUT books [k] not done after 0",
                        "PUBLISH books [k] not done after 0",
                        "PUT books [k] not done after 0")
                .hasSize(4)
                .last()
                .asString()
                .startsWith("INVALIDATE books [] not done after 0: ");
    }

    @Test
    void hearWhatAChangeFailedWithAndHowLongItTook() {
        CacheWriter<String, String> writer = new CacheWriter<>() {

            @Override
            public void write(String key, String value) {
                time.advance(Duration.ofSeconds(2));
                throw new IllegalStateException("no source");
            }

            @Override
            public void delete(String key) {}
        };
        HamsterCache<String, String> cache = watched(policy().writeThrough(writer));

        assertThatIllegalStateException().isThrownBy(() -> cache.put("k", "v"));

        assertThat(recorder.changes).containsExactly("PUT books [k] not done after 2: no source");
    }

    /** A change may be quick, and the clock is not for free. */
    @Test
    void costNoLookAtTheClockIfTheyWatchNothing() {
        AtomicInteger looks = new AtomicInteger();
        TimeSource counted = new TimeSource() {

            @Override
            public long nanoTime() {
                looks.incrementAndGet();
                return time.nanoTime();
            }

            @Override
            public Instant instant() {
                return time.instant();
            }
        };
        HamsterCache<String, String> unwatched = cache(client().timeSource(counted), policy());
        HamsterCache<String, String> ignored =
                cache(client().timeSource(counted).listener(made -> {}), policy());

        looks.set(0);
        unwatched.put("k", "v");
        int without = looks.getAndSet(0);
        ignored.put("k", "v");

        assertThat(looks).hasValue(without);
    }

    @Test
    void canBreakNothing() {
        CacheListener broken = new CacheListener() {

            @Override
            public Changing changing(String cache, Operation operation, Collection<?> subjects) {
                if (subjects.contains("at once")) {
                    throw new IllegalStateException("planted");
                }
                return (isDone, took, error) -> {
                    throw new IllegalStateException("planted");
                };
            }

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
        cache.put("at once", "w");
        cache.put("later", "w");
        assertThat(cache.get("at once")).contains("w");
        assertThat(cache.get("later")).contains("w");
        assertThat(recorder.changes)
                .containsExactly("PUT books [at once] done after 0", "PUT books [later] done after 0");
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
