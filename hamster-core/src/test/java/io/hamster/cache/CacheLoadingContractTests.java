package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every cache promises of concurrent loads: one at a time per key, never published when stale. */
public abstract class CacheLoadingContractTests extends CacheTestBase {

    @Test
    void aStampedeLoadsOnce() throws Exception {
        HamsterCache<String, String> cache = cache();
        AtomicInteger loads = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(64);
        List<Future<Optional<String>>> calls = new ArrayList<>();

        for (int i = 0; i < 64; i++) {
            calls.add(threads.submit(() -> {
                together.await();
                return cache.get("k", key -> {
                    Thread.yield();
                    return "v" + loads.incrementAndGet();
                });
            }));
        }

        for (Future<Optional<String>> call : calls) {
            assertThat(result(call)).contains("v1");
        }
        assertThat(loads).hasValue(1);
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void bulkLoadsAndSingleLoadsShareFlights() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader single = new BlockingLoader();
        Future<Optional<String>> first = loading(cache, single);
        List<Set<String>> asked = new ArrayList<>();

        Future<Map<String, String>> bulk = parked(() -> cache.getAll(List.of("k", "l"), keys -> {
            asked.add(Set.copyOf(keys));
            return Map.of("l", "L");
        }));
        single.release("K");

        assertThat(result(first)).contains("K");
        assertThat(result(bulk)).containsExactly(Map.entry("k", "K"), Map.entry("l", "L"));
        assertThat(asked).containsExactly(Set.of("l"));
    }

    @Test
    void countsTheTimeOfABulkLoadOnce() {
        HamsterCache<String, String> cache = cache();

        cache.getAll(List.of("a", "b", "c"), keys -> {
            time.advance(Duration.ofSeconds(2));
            return Map.of("a", "A");
        });

        assertThat(cache.stats().loads()).isEqualTo(3);
        assertThat(cache.stats().loadTime()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aFailureReachesEveryCallerThatWaited() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader loader = new BlockingLoader();
        IllegalStateException down = new IllegalStateException("down");

        Future<Optional<String>> first = loading(cache, loader);
        Future<Optional<String>> second = parked(() -> cache.get("k", loader));
        loader.fail(down);

        assertThat(failure(first)).isSameAs(down);
        assertThat(failure(second)).isSameAs(down);
        assertThat(loader.calls()).isEqualTo(1);
        assertThat(cache.get("k", key -> "again")).contains("again");
    }

    @Test
    void aCheckedFailureIsTheCauseForEveryCaller() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader loader = new BlockingLoader();
        IOException down = new IOException("down");

        Future<Optional<String>> first = loading(cache, loader);
        Future<Optional<String>> second = parked(() -> cache.get("k", loader));
        CompletableFuture<Optional<String>> third = cache.getAsync("k", loader);
        loader.fail(down);

        assertThat(failure(first)).isInstanceOf(CacheLoadException.class).hasCause(down);
        assertThat(failure(second)).isInstanceOf(CacheLoadException.class).hasCause(down);
        assertThat(failure(third)).isSameAs(down);
    }

    @Test
    void anInterruptedWaiterLeavesAlone() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader loader = new BlockingLoader();
        Future<Optional<String>> first = loading(cache, loader);
        AtomicBoolean flag = new AtomicBoolean();
        AtomicReference<Thread> waiter = new AtomicReference<>();
        Future<?> second = parked(() -> {
            waiter.set(Thread.currentThread());
            try {
                return cache.get("k", loader);
            } finally {
                flag.set(Thread.currentThread().isInterrupted());
            }
        });

        waiter.get().interrupt();

        assertThat(failure(second)).isInstanceOf(CacheLoadInterruptedException.class);
        assertThat(flag).as("interrupt flag").isTrue();
        loader.release("v");
        assertThat(result(first)).contains("v");
        assertThat(cache.get("k")).contains("v");
    }

    @Test
    void whoeverWaitsTakesOverFromAnInterruptedLoader() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader interrupted = new BlockingLoader();
        AtomicReference<Thread> runner = new AtomicReference<>();
        Future<Optional<String>> first = threads.submit(() -> {
            runner.set(Thread.currentThread());
            return cache.get("k", interrupted);
        });
        interrupted.awaitBegun();
        Future<Optional<String>> second = parked(() -> cache.get("k", key -> "taken over"));

        runner.get().interrupt();

        assertThat(failure(first)).isInstanceOf(CacheLoadInterruptedException.class);
        assertThat(result(second)).contains("taken over");
        assertThat(cache.get("k")).contains("taken over");
    }

    /** What may happen to a key while it is being loaded. */
    enum Change {
        INVALIDATE(cache -> cache.invalidate("k")),
        INVALIDATE_ALL(cache -> cache.invalidateAll(List.of("k"))),
        DELETE(cache -> cache.loadAndDelete("k")),
        CLEAR(HamsterCache::clear),
        TAG(cache -> cache.invalidateTags(Set.of("t")));

        private final Consumer<HamsterCache<String, String>> action;

        Change(Consumer<HamsterCache<String, String>> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLoadFromBeforeAnInvalidationIsNotPublished(Change change) throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader old = new BlockingLoader();
        Future<Optional<String>> load = loading(cache, old, EntryOptions.tags("t"));

        change.action.accept(cache);
        old.release("old");

        assertThat(result(load)).as("its caller asked before").contains("old");
        assertThat(cache.get("k")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void callersAfterAnInvalidationDontWaitForAnOlderLoad(Change change) throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader old = new BlockingLoader();
        Future<Optional<String>> load = loading(cache, old, EntryOptions.tags("t"));

        change.action.accept(cache);

        assertThat(cache.get("k", key -> "new")).contains("new");
        old.release("old");
        assertThat(result(load)).contains("old");
        assertThat(cache.get("k")).contains("new");
    }

    @Test
    void tagsThatAreKnownOnlyAfterTheLoadCountToo() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader old = new BlockingLoader();
        Future<Optional<String>> before =
                threads.submit(() -> cache.get("k", old, value -> EntryOptions.tags("author:" + value.orElseThrow())));
        old.awaitBegun();

        cache.invalidateTags(Set.of("author:grass"));
        AtomicInteger reloads = new AtomicInteger();
        Future<Optional<String>> after = parked(() -> cache.get("k", key -> "new" + reloads.incrementAndGet()));
        old.release("grass");

        assertThat(result(before)).contains("grass");
        assertThat(result(after)).as("it asked after the invalidation").contains("new1");
        assertThat(cache.get("k")).contains("new1");
    }

    @Test
    void aTagThatIsNotTheLoadsOwnChangesNothing() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader loader = new BlockingLoader();
        Future<Optional<String>> load = loading(cache, loader, EntryOptions.tags("mine"));

        cache.invalidateTags(Set.of("other"));
        loader.release("v");

        assertThat(result(load)).contains("v");
        assertThat(cache.get("k")).contains("v");
    }

    @Test
    void aPutDuringALoadWins() throws Exception {
        HamsterCache<String, String> cache = cache();
        BlockingLoader old = new BlockingLoader();
        Future<Optional<String>> load = loading(cache, old);

        cache.put("k", "put");
        old.release("old");

        assertThat(result(load)).contains("old");
        assertThat(cache.get("k")).contains("put");
    }

    @Test
    void bulkLoadsAreNotPublishedAfterAnInvalidation() throws Exception {
        HamsterCache<String, String> cache = cache();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<Map<String, String>> bulk = threads.submit(() -> cache.getAll(List.of("k", "l"), keys -> {
            begun.countDown();
            go.await();
            return Map.of("k", "old", "l", "old");
        }));
        begun.await();

        cache.invalidate("k");
        go.countDown();

        assertThat(result(bulk)).hasSize(2);
        assertThat(cache.get("k")).isEmpty();
        assertThat(cache.get("l")).contains("old");
    }

    @Test
    void publishesWhatTheCallerLoadedItself() {
        HamsterCache<String, String> cache = cache();
        CacheTicket<String, String> first = cache.ticket("k");

        assertThat(first.publish("k", Optional.of("v"), EntryOptions.tags("t"))).isTrue();
        assertThat(cache.get("k")).contains("v");
        cache.invalidateTags(Set.of("t"));
        assertThat(cache.get("k")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatTheCallerLoadedBeforeAnInvalidation(Change change) {
        HamsterCache<String, String> cache = cache();
        CacheTicket<String, String> ticket = cache.ticket("k");

        change.action.accept(cache);

        assertThat(ticket.publish("k", Optional.of("old"), EntryOptions.tags("t")))
                .isFalse();
        assertThat(ticket.put("k", Optional.of("old"), EntryOptions.tags("t"))).isFalse();
        assertThat(cache.get("k")).isEmpty();
        cache.put("k", "put");
        assertThat(ticket.publish("k", Optional.of("old"), EntryOptions.none())).isFalse();
        assertThat(cache.get("k")).contains("put");
    }

    @Test
    void whatWasLoadedFirstDoesNotOvertakeWhatWasLoadedLater() {
        HamsterCache<String, String> cache = cache();
        CacheTicket<String, String> ticket = cache.ticket("k");
        time.advance(Duration.ofMillis(1));

        assertThat(cache.get("k", key -> "later")).contains("later");

        assertThat(ticket.publish("k", Optional.of("earlier"), EntryOptions.none()))
                .isFalse();
        assertThat(cache.get("k")).contains("later");
    }

    @Test
    void ofTwoWritesWithTicketsFromBeforeOneIsRefused() throws Exception {
        HamsterCache<String, String> cache = cache();
        CacheTicket<String, String> first = cache.ticket("k");
        CacheTicket<String, String> second = cache.ticket("k");
        BlockingLoader older = new BlockingLoader();
        Future<Optional<String>> load = loading(cache, older);

        assertThat(second.put("k", Optional.of("2"), EntryOptions.none())).isTrue();
        assertThat(first.put("k", Optional.of("1"), EntryOptions.none())).isFalse();
        older.release("0");

        assertThat(result(load)).contains("0");
        assertThat(cache.get("k")).contains("2");
        assertThat(cache.stats().sets()).isEqualTo(1);
    }

    @Test
    void detectsALoadThatNeedsItself() {
        HamsterCache<String, String> cache = cache();

        assertThatExceptionOfType(CyclicLoadException.class)
                .isThrownBy(() -> cache.get(
                        "k1",
                        k1 -> cache.require(cache.get(
                                        "k2",
                                        k2 -> cache.get("k1", again -> "never").orElseThrow())
                                .orElseThrow())))
                .withMessageContaining("would wait for itself");
        assertThat(cache.get("k1", key -> "v")).as("nothing is left hanging").contains("v");
    }

    @Test
    void loadsMayNeedOtherKeys() {
        HamsterCache<String, String> cache = cache();

        assertThat(cache.get(
                        "a",
                        a -> "A"
                                + cache.get(
                                                "b",
                                                b -> "B"
                                                        + cache.get("c", c -> "C")
                                                                .orElseThrow())
                                        .orElseThrow()))
                .contains("ABC");
        assertThat(cache.get("c")).contains("C");
    }

    @Test
    void detectsACircleAcrossThreads() throws Exception {
        HamsterCache<String, String> cache = cache();
        CyclicBarrier bothLoading = new CyclicBarrier(2);
        Future<Optional<String>> first = threads.submit(() -> cache.get("k1", key -> {
            bothLoading.await();
            return "1" + cache.get("k2", k2 -> "unused").orElseThrow();
        }));
        Future<Optional<String>> second = threads.submit(() -> cache.get("k2", key -> {
            bothLoading.await();
            return "2" + cache.get("k1", k1 -> "unused").orElseThrow();
        }));

        assertThat(failure(first)).isInstanceOf(CyclicLoadException.class);
        assertThat(failure(second)).isInstanceOf(CyclicLoadException.class);
        assertThat(cache.get("k1", key -> "v")).contains("v");
    }

    @Test
    void detectsACircleOfAsynchronousLoads() throws Exception {
        HamsterCache<String, String> cache = cache();

        CompletableFuture<Optional<String>> circle = cache.composeAsync(
                "k1",
                k1 -> cache.composeAsync(
                                "k2",
                                k2 -> cache.composeAsync(
                                                "k1",
                                                again -> CompletableFuture.completedFuture("never"),
                                                value -> EntryOptions.none())
                                        .thenApply(Optional::orElseThrow),
                                value -> EntryOptions.none())
                        .thenApply(Optional::orElseThrow),
                value -> EntryOptions.none());

        assertThat(failure(circle)).isInstanceOf(CyclicLoadException.class);
    }

    @Test
    void loadsInATransactionRunAloneAndPublishNothing() throws Exception {
        ThreadLocal<Boolean> transaction = ThreadLocal.withInitial(() -> false);
        HamsterCache<String, String> cache = cache(client().inTransaction(transaction::get), policy());
        BlockingLoader outside = new BlockingLoader();
        Future<Optional<String>> shared = loading(cache, outside);

        transaction.set(true);
        assertThat(cache.get("k", key -> "uncommitted")).contains("uncommitted");
        assertThat(cache.getAll(List.of("k", "l"), keys -> Map.of("k", "K"))).containsExactly(Map.entry("k", "K"));
        assertThat(result(cache.composeAsync(
                        "k", key -> CompletableFuture.completedFuture("mine"), value -> EntryOptions.none())))
                .contains("mine");
        assertThatExceptionOfType(CyclicLoadException.class)
                .isThrownBy(() ->
                        cache.get("k", key -> cache.get("k", again -> "never").orElseThrow()));
        transaction.set(false);
        assertThat(cache.get("l")).isEmpty();
        outside.release("committed");
        assertThat(result(shared)).contains("committed");
        assertThat(cache.get("k")).contains("committed");
        transaction.set(true);
        assertThat(cache.get("k", key -> "unused")).as("hits are hits").contains("committed");
    }

    @Test
    void loadsInATransactionAreSharedWhereThatIsSafe() {
        HamsterCache<String, String> cache =
                cache(client().inTransaction(() -> true), policy().safeInTransactions(true));

        cache.get("k", key -> "v");

        assertThat(cache.get("k")).contains("v");
    }

    @Test
    void asynchronousLoadsShareFlightsWithOthers() throws Exception {
        HamsterCache<String, String> cache = cache(client().executor(threads), policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        AtomicInteger loads = new AtomicInteger();
        AsyncCacheLoader<String, String> loader = key -> {
            loads.incrementAndGet();
            return source;
        };

        CompletableFuture<Optional<String>> first = cache.composeAsync("k", loader, value -> EntryOptions.none());
        CompletableFuture<Optional<String>> second = cache.composeAsync("k", loader, value -> EntryOptions.none());
        Future<Optional<String>> third = parked(() -> cache.get("k", key -> "unused"));
        assertThat(first.cancel(true)).isTrue();
        source.complete("v");

        assertThat(result(second)).contains("v");
        assertThat(result(third)).contains("v");
        assertThat(loads).hasValue(1);
        assertThat(result(cache.getAsync("k", key -> "unused"))).contains("v");
        assertThat(result(cache.getAsync("l", key -> "L"))).contains("L");
        assertThat(cache.get("l")).contains("L");
    }

    @Test
    void anAsynchronousFailureArrivesUnwrapped() throws Exception {
        HamsterCache<String, String> cache = cache();
        IOException down = new IOException("down");

        assertThat(failure(cache.composeAsync(
                        "k", key -> CompletableFuture.failedFuture(down), value -> EntryOptions.none())))
                .isSameAs(down);
        assertThat(failure(cache.composeAsync(
                        "k",
                        key -> {
                            throw down;
                        },
                        value -> EntryOptions.none())))
                .isSameAs(down);
        assertThat(cache.stats().loadFailures()).isEqualTo(2);
        assertThat(cache.get("k", key -> "v")).contains("v");
    }

    @Test
    void servesAnExpiredValueWhenItsLoadFails() {
        HamsterCache<String, String> cache =
                cache(policy().defaultTtl(Duration.ofMinutes(1)).staleOnError(Duration.ofMinutes(5)));
        CacheLoader<String, String> down = key -> {
            throw new IOException("down");
        };
        cache.put("k", "old");
        cache.put("invalidated", "old");
        cache.put("cleared by its load", "old");

        time.advance(Duration.ofMinutes(3));
        assertThat(cache.get("k")).as("expired").isEmpty();
        assertThat(cache.get("k", down)).contains("old");
        assertThat(cache.getAll(List.of("k"), keys -> {
                    throw new IOException("down");
                }))
                .containsExactly(Map.entry("k", "old"));
        assertThat(cache.stats().staleServed()).isEqualTo(2);
        cache.invalidate("invalidated");
        assertThatExceptionOfType(CacheLoadException.class).isThrownBy(() -> cache.get("invalidated", down));
        assertThat(cache.get("cleared by its load", key -> null)).isEmpty();
        assertThatExceptionOfType(CacheLoadException.class)
                .as("its source has none any more")
                .isThrownBy(() -> cache.get("cleared by its load", down));
        time.advance(Duration.ofMinutes(2).plusNanos(1));
        assertThatExceptionOfType(CacheLoadException.class)
                .as("older than the limit")
                .isThrownBy(() -> cache.get("k", down));
    }

    @Test
    void servesAnExpiredValueWhenItsLoadInATransactionFails() throws Exception {
        AtomicBoolean transaction = new AtomicBoolean();
        HamsterCache<String, String> cache = cache(
                client().inTransaction(transaction::get),
                policy().defaultTtl(Duration.ofMinutes(1)).staleOnError(Duration.ofMinutes(5)));
        IOException failure = new IOException("down");
        CacheLoader<String, String> down = key -> {
            throw failure;
        };
        BulkCacheLoader<String, String> allDown = keys -> {
            throw failure;
        };
        List.of("k", "l", "m", "invalidated").forEach(key -> cache.put(key, "old"));
        time.advance(Duration.ofMinutes(3));
        cache.invalidate("invalidated");
        transaction.set(true);

        assertThat(cache.get("k", down)).contains("old");
        assertThat(cache.getAll(List.of("k", "l"), allDown))
                .containsExactly(Map.entry("k", "old"), Map.entry("l", "old"));
        assertThat(result(composed(cache, "m", CompletableFuture.failedFuture(failure))))
                .contains("old");
        assertThat(cache.stats().staleServed()).isEqualTo(4);
        assertThat(cache.stats().loadFailures()).isEqualTo(4);
        assertThatExceptionOfType(CacheLoadException.class).isThrownBy(() -> cache.get("invalidated", down));
        assertThatExceptionOfType(CacheLoadException.class)
                .as("one of them is missing")
                .isThrownBy(() -> cache.getAll(List.of("k", "invalidated"), allDown));
        assertThat(failure(composed(cache, "invalidated", CompletableFuture.failedFuture(failure))))
                .isSameAs(failure);
        assertThat(cache.stats().staleServed()).isEqualTo(4);
        assertThat(cache.get("k", key -> "uncommitted")).contains("uncommitted");
        time.advance(Duration.ofMinutes(2).plusNanos(1));
        assertThatExceptionOfType(CacheLoadException.class)
                .as("older than the limit")
                .isThrownBy(() -> cache.get("k", down));
    }

    private static CompletableFuture<Optional<String>> composed(
            HamsterCache<String, String> cache, String key, CompletableFuture<String> source) {
        return cache.composeAsync(key, missing -> source, value -> EntryOptions.none());
    }

    @Test
    void stopsWaitingAtTheHardTimeout() throws Exception {
        HamsterCache<String, String> cache =
                cache(client().executor(threads), policy().hardTimeout(Duration.ofSeconds(2)));
        BlockingLoader slow = new BlockingLoader();
        Future<Optional<String>> sync = loading(cache, slow);
        CompletableFuture<Optional<String>> async = cache.getAsync("k", slow);

        time.advance(Duration.ofSeconds(2));

        assertThat(failure(sync)).isInstanceOf(CacheLoadTimeoutException.class).hasMessageContaining("PT2S");
        assertThat(failure(async)).isInstanceOf(CacheLoadTimeoutException.class);
        slow.release("late");
        await().untilAsserted(() -> assertThat(cache.get("k")).contains("late"));
    }

    @Test
    void anOverdueLoadGivesWayToTheNext() throws Exception {
        HamsterCache<String, String> cache =
                cache(client().executor(threads), policy().hardTimeout(Duration.ofSeconds(2)));
        BlockingLoader hung = new BlockingLoader();
        Future<Optional<String>> first = loading(cache, hung);
        time.advance(Duration.ofSeconds(2));
        assertThat(failure(first)).isInstanceOf(CacheLoadTimeoutException.class);

        assertThat(cache.get("k", key -> "next")).contains("next");
        hung.release("late");

        await().until(() -> cache.stats().loads() == 2);
        assertThat(cache.get("k")).contains("next");
    }

    /** A cache with a load of "k" that has passed the hard timeout of two seconds for each of these. */
    private HamsterCache<String, String> hanging(BlockingLoader... loaders) throws Exception {
        HamsterCache<String, String> cache =
                cache(client().executor(threads), policy().hardTimeout(Duration.ofSeconds(2)));
        for (BlockingLoader hung : loaders) {
            Future<Optional<String>> call = loading(cache, hung);
            time.advance(Duration.ofSeconds(2));
            assertThat(failure(call)).isInstanceOf(CacheLoadTimeoutException.class);
        }
        return cache;
    }

    @Test
    void moreThanTwoOverdueLoadsNeedAPause() throws Exception {
        BlockingLoader third = new BlockingLoader();
        HamsterCache<String, String> cache = hanging(new BlockingLoader(), new BlockingLoader());

        cache.invalidate("k");
        assertThatExceptionOfType(CacheLoadTimeoutException.class)
                .isThrownBy(() -> cache.get("k", third))
                .withMessageContaining("starts no load");
        assertThatExceptionOfType(CacheLoadTimeoutException.class)
                .isThrownBy(() -> cache.getAll(List.of("k"), keys -> Map.of("k", third.load("k"))));
        assertThat(cache.get("l", key -> "L")).as("another key").contains("L");
        time.advance(Duration.ofSeconds(4).minusNanos(1));
        assertThat(failure(cache.getAsync("k", third))).isInstanceOf(CacheLoadTimeoutException.class);
        time.advance(Duration.ofNanos(1));
        Future<Optional<String>> call = loading(cache, third);
        time.advance(Duration.ofSeconds(2));
        assertThat(failure(call)).isInstanceOf(CacheLoadTimeoutException.class);

        time.advance(Duration.ofSeconds(8).minusNanos(1));
        assertThat(failure(cache.getAsync("k", key -> "v"))).isInstanceOf(CacheLoadTimeoutException.class);
        time.advance(Duration.ofNanos(1));
        assertThat(cache.get("k", key -> "v")).contains("v");
        assertThat(third.calls()).isEqualTo(1);
    }

    @Test
    void thePauseIsOverWhenAnOverdueLoadEnds() throws Exception {
        BlockingLoader first = new BlockingLoader();
        HamsterCache<String, String> cache = hanging(first, new BlockingLoader());
        assertThat(failure(cache.getAsync("k", key -> "v"))).isInstanceOf(CacheLoadTimeoutException.class);

        first.release("late");

        await().until(() -> cache.getAsync("k", key -> "v")
                .handle((value, refusal) -> refusal == null)
                .get());
        assertThat(cache.get("k")).isPresent();
    }

    @Test
    void servesAnExpiredValueAtTheHardTimeout() throws Exception {
        HamsterCache<String, String> cache = cache(
                client().executor(threads),
                policy().defaultTtl(Duration.ofMinutes(1))
                        .staleOnError(Duration.ofMinutes(5))
                        .hardTimeout(Duration.ofSeconds(2)));
        cache.put("k", "old");
        time.advance(Duration.ofMinutes(2));
        BlockingLoader slow = new BlockingLoader();
        Future<Optional<String>> call = loading(cache, slow);

        time.advance(Duration.ofSeconds(2));

        assertThat(result(call)).contains("old");
        slow.release("new");
    }

    @Test
    void servesAnExpiredValueAtTheSoftTimeoutAndLetsTheLoadFinish() throws Exception {
        HamsterCache<String, String> cache = cache(
                client().executor(threads),
                policy().defaultTtl(Duration.ofMinutes(1))
                        .staleOnError(Duration.ofMinutes(5))
                        .softTimeout(Duration.ofMillis(100))
                        .hardTimeout(Duration.ofSeconds(2)));
        cache.put("k", "old");
        time.advance(Duration.ofMinutes(2));
        BlockingLoader slow = new BlockingLoader();
        Future<Optional<String>> sync = loading(cache, slow);
        CompletableFuture<Optional<String>> async = cache.getAsync("k", slow);
        assertThat(async).isNotDone();

        time.advance(Duration.ofMillis(100));

        assertThat(result(sync)).contains("old");
        assertThat(result(async)).contains("old");
        assertThat(cache.get("k", slow)).as("later callers don't wait either").contains("old");
        slow.release("new");
        await().untilAsserted(() -> assertThat(cache.get("k")).contains("new"));
        assertThat(slow.calls()).isEqualTo(1);
        assertThat(cache.stats().staleServed()).isEqualTo(3);
    }

    @Test
    void anInvalidatedValueIsNotServedAtTheSoftTimeout() throws Exception {
        HamsterCache<String, String> cache = cache(
                client().executor(threads),
                policy().defaultTtl(Duration.ofMinutes(1))
                        .staleOnError(Duration.ofMinutes(5))
                        .softTimeout(Duration.ofMillis(100)));
        cache.put("k", "old");
        time.advance(Duration.ofMinutes(2));
        BlockingLoader slow = new BlockingLoader();
        Future<Optional<String>> call = loading(cache, slow);
        await().until(() -> time.pendingTasks() > 1);

        cache.invalidate("k");
        time.advance(Duration.ofMillis(100));
        slow.release("new");

        assertThat(result(call)).contains("new");
    }
}
