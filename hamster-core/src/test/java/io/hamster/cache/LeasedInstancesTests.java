package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.hamster.Codec;
import io.hamster.CodecException;
import io.hamster.cache.invalidation.TestChannels;
import io.hamster.cache.store.MemoryCacheStore;
import io.hamster.cluster.TextCodec;
import io.hamster.testing.ManualTime;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Local caches of three nodes of a cluster that share their loads with no server between them. */
class LeasedInstancesTests {

    private static final Duration LEASE = Duration.ofSeconds(5);
    /** Longer than the longest pause between two looks. */
    private static final Duration LOOK = Duration.ofMillis(210);

    private final ManualTime time = new ManualTime();
    private final LeasedInstances nodes = new LeasedInstances(time);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger loads = new AtomicInteger();
    private final List<CacheClient> clients = List.of(nodes.client("a"), nodes.client("b"), nodes.client("c"));

    @BeforeEach
    void meet() {
        nodes.ring.view("a", "b", "c");
    }

    @AfterEach
    void close() {
        nodes.close();
        threads.shutdownNow();
    }

    private static CachePolicyBuilder policy() {
        return CachePolicy.builder()
                .loadScope(LoadScope.CLUSTER)
                .leaseTimeout(LEASE)
                .valueType(String.class)
                .tellsOthers(true);
    }

    private List<HamsterCache<String, String>> caches(CachePolicyBuilder policy) {
        CachePolicy built = policy.build();
        List<HamsterCache<String, String>> caches = new ArrayList<>();
        clients.forEach(client -> caches.add(client.cache("books", built)));
        nodes.pass(LeasedInstances.BOUND);
        return caches;
    }

    private CompletableFuture<Optional<String>> load(
            HamsterCache<String, String> on, String key, CompletableFuture<String> source) {
        return load(on, key, source, EntryOptions.none());
    }

    private CompletableFuture<Optional<String>> load(
            HamsterCache<String, String> on, String key, CompletableFuture<String> source, EntryOptions options) {
        return on.composeAsync(
                key,
                same -> {
                    loads.incrementAndGet();
                    return source;
                },
                value -> options);
    }

    @Test
    void oneNodeLoadsForAllThreadsOfAll() throws Exception {
        List<HamsterCache<String, String>> caches = caches(policy());
        for (int round = 0; round < 20; round++) {
            String key = "k" + round;
            BlockingLoader loader = new BlockingLoader();
            List<Future<Optional<String>>> calls = new ArrayList<>();
            for (HamsterCache<String, String> cache : caches) {
                for (int i = 0; i < 20; i++) {
                    calls.add(threads.submit(() -> cache.get(key, loader)));
                }
            }
            loader.awaitBegun();
            loader.release("v");
            await().until(() -> {
                nodes.pass(LOOK);
                return calls.stream().allMatch(Future::isDone);
            });

            for (Future<Optional<String>> call : calls) {
                assertThat(call.get(20, TimeUnit.SECONDS)).contains("v");
            }
            assertThat(loader.calls()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b", "c"})
    void aNodeThatDiesWhileItLoadsCostsOneMoreLoad(String dead) {
        List<HamsterCache<String, String>> caches = caches(policy());
        int holder = List.of("a", "b", "c").indexOf(dead);
        for (int i = 0; i < 10; i++) {
            // Of these keys each node owns some.
            String key = "k" + i;
            nodes.ring.silence(dead, false);
            nodes.ring.view("a", "b", "c");
            loads.set(0);
            load(caches.get(holder), key, new CompletableFuture<>());
            CompletableFuture<String> source = new CompletableFuture<>();
            CompletableFuture<Optional<String>> second = load(caches.get((holder + 1) % 3), key, source);
            CompletableFuture<Optional<String>> third = load(caches.get((holder + 2) % 3), key, source);
            nodes.pass(LEASE.multipliedBy(2));
            assertThat(loads).as("the lease is renewed").hasValue(1);

            nodes.ring.silence(dead, true);
            nodes.pass(LOOK);
            assertThat(loads).hasValue(1);
            nodes.ring.view(List.of("a", "b", "c").stream()
                    .filter(name -> !name.equals(dead))
                    .toArray(String[]::new));
            nodes.pass(LOOK.multipliedBy(2));
            assertThat(loads).hasValue(2);
            source.complete("v");
            nodes.pass(LOOK);

            assertThat(second).isCompletedWithValue(Optional.of("v"));
            assertThat(third).isCompletedWithValue(Optional.of("v"));
            assertThat(loads).hasValue(2);
        }
    }

    @Test
    void anOwnersSilenceHasEachLoadForItselfWithinABound() {
        List<HamsterCache<String, String>> caches = caches(policy());
        nodes.ring.silence("a", true);
        List<CompletableFuture<Optional<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(load(caches.get(1), "k" + i, CompletableFuture.completedFuture("v")));
            answers.add(load(caches.get(2), "k" + i, CompletableFuture.completedFuture("v")));
        }

        time.advance(Duration.ofMillis(2100));
        nodes.pass(LOOK);

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.of("v")));
        long alone = caches.get(1).stats().loadsAlone() + caches.get(2).stats().loadsAlone();
        assertThat(alone)
                .as("of the keys that the silent one owns")
                .isPositive()
                .isEven();
        assertThat(loads).hasValue((int) (20 + alone / 2));
    }

    @Test
    void whatALoaderThrowsIsItsCallersAndTheNextOneLoads() {
        List<HamsterCache<String, String>> caches = caches(policy());
        CompletableFuture<String> failing = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first = load(caches.get(0), "k", failing);
        CompletableFuture<Optional<String>> second = load(caches.get(1), "k", CompletableFuture.completedFuture("v"));
        IllegalStateException failure = new IllegalStateException("down");

        failing.completeExceptionally(failure);
        nodes.pass(LOOK);

        assertThat(first).failsWithin(Duration.ZERO).withThrowableThat().withCause(failure);
        assertThat(second).isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void absencesAreHandedOnWhereTheyAreKept() {
        List<HamsterCache<String, String>> caches = caches(policy().nullTtl(Duration.ofMinutes(1)));
        CompletableFuture<String> none = new CompletableFuture<>();
        List<CompletableFuture<Optional<String>>> answers =
                caches.stream().map(cache -> load(cache, "k", none)).toList();

        none.complete(null);
        nodes.pass(LOOK);

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.empty()));
        assertThat(loads).hasValue(1);
    }

    @Test
    void tagsAndLifetimesAreThoseThatEachInstanceGives() {
        List<HamsterCache<String, String>> caches = caches(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        EntryOptions options = EntryOptions.tags("red").withTtl(Duration.ofMinutes(2));
        caches.forEach(cache -> load(cache, "k", source, options));
        source.complete("v");
        nodes.pass(LOOK);

        assertThat(caches).allSatisfy(cache -> assertThat(cache.get("k")).contains("v"));
        caches.get(0).invalidateTags(Set.of("red"));
        nodes.channels.deliverAll();
        assertThat(caches).allSatisfy(cache -> assertThat(cache.get("k")).isEmpty());
        caches.forEach(cache -> load(cache, "l", CompletableFuture.completedFuture("v"), options));
        nodes.pass(Duration.ofMinutes(2));
        assertThat(caches).allSatisfy(cache -> assertThat(cache.get("l")).isEmpty());
    }

    /** How an instance may say that what is being loaded is old. */
    enum Change {
        INVALIDATE(cache -> cache.invalidate("k")),
        TAG(cache -> cache.invalidateTags(Set.of("red"))),
        CLEAR(HamsterCache::clear),
        DELETE(cache -> cache.loadAndDelete("k")),
        PUT(cache -> cache.put("k", "put")),
        TICKET(cache -> cache.ticket("k").put("k", Optional.of("put"), EntryOptions.none()));

        private final Consumer<HamsterCache<String, String>> action;

        Change(Consumer<HamsterCache<String, String>> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChangeWhileOneLoadsKeepsTheOldValueFromAll(Change change) {
        List<HamsterCache<String, String>> caches = caches(policy());
        for (int changing = 0; changing < 3; changing++) {
            caches.get(0).clear();
            nodes.channels.deliverAll();
            CompletableFuture<String> old = new CompletableFuture<>();
            EntryOptions options = EntryOptions.tags("red");
            caches.forEach(cache -> load(cache, "k", old, options));

            change.action.accept(caches.get(changing));
            nodes.channels.deliverAll();
            old.complete("old");
            nodes.pass(LOOK);
            nodes.channels.deliverAll();

            assertThat(caches).allSatisfy(cache -> assertThat(cache.get("k")).isNotEqualTo(Optional.of("old")));
        }
    }

    /** Between what the owner hands on and the moment when it would be kept. */
    @Test
    void aChangeThatOvertakesTheValueOnItsWayWins() {
        List<HamsterCache<String, String>> caches = caches(policy());
        load(caches.get(0), "k", CompletableFuture.completedFuture("old"));

        Optional<String> seen = caches.get(1)
                .composeAsync("k", same -> CompletableFuture.completedFuture("loaded again"), value -> {
                    // The value has come; it isn't kept yet.
                    caches.get(2).invalidate("k");
                    nodes.channels.deliverAll();
                    return EntryOptions.none();
                })
                .join();

        assertThat(seen).contains("old");
        assertThat(caches.get(1).get("k")).isEmpty();
    }

    @Test
    void whatWasLoadedBeforeOnesOwnChangeIsNotHandedBack() {
        List<HamsterCache<String, String>> caches = caches(policy().tellsOthers(false));
        load(caches.get(0), "k", CompletableFuture.completedFuture("old"));

        caches.get(1).invalidate("k");

        assertThat(load(caches.get(1), "k", CompletableFuture.completedFuture("new")))
                .isCompletedWithValue(Optional.of("new"));
    }

    @Test
    void aChangeThatAMemberHasNotNotedBypassesTheLeasesUntilItHas() {
        List<HamsterCache<String, String>> caches = caches(policy());
        load(caches.get(0), "k", CompletableFuture.completedFuture("old"));
        nodes.ring.silence("c", true);
        Future<?> change = threads.submit(() -> caches.get(1).invalidate("k"));
        await().until(() -> {
            time.advance(Duration.ofMillis(100));
            return change.isDone();
        });

        assertThat(caches.get(1).stats().pendingChanges()).isEqualTo(1);
        assertThat(load(caches.get(1), "k", CompletableFuture.completedFuture("new")))
                .isCompletedWithValue(Optional.of("new"));
        nodes.ring.silence("c", false);
        nodes.pass(Duration.ofSeconds(10));
        assertThat(caches.get(1).stats().pendingChanges()).isZero();
    }

    @Test
    void aLoaderMayAskForKeysThatOthersLoad() throws Exception {
        CachePolicy policy = policy().build();
        List<HamsterCache<String, String>> caches = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            caches.add(nodes.client(name, new TextCodec(), CacheClient.builder().executor(threads))
                    .cache("books", policy));
        }
        nodes.ring.view("a", "b", "c");
        nodes.pass(LeasedInstances.BOUND);
        List<Future<Optional<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            HamsterCache<String, String> cache = caches.get(i);
            for (int thread = 0; thread < 4; thread++) {
                calls.add(threads.submit(() -> nested(cache, 12)));
            }
        }

        await().until(() -> {
            nodes.pass(LOOK);
            return calls.stream().allMatch(Future::isDone);
        });

        for (Future<Optional<String>> call : calls) {
            assertThat(call.get()).contains("............");
        }
        assertThat(loads).hasValue(13);
    }

    /** Each key's value is made of that of the key before it, whoever owns and loads that. */
    private Optional<String> nested(HamsterCache<String, String> cache, int depth) {
        return cache.get("k" + depth, key -> {
            loads.incrementAndGet();
            return depth == 0 ? "" : nested(cache, depth - 1).orElseThrow() + ".";
        });
    }

    @Test
    void bulkLoadsShareToo() throws Exception {
        List<HamsterCache<String, String>> caches = caches(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        load(caches.get(0), "k", source);
        List<Set<String>> asked = new CopyOnWriteArrayList<>();
        Future<Map<String, String>> bulk = threads.submit(() -> caches.get(1).getAll(List.of("k", "l", "m"), keys -> {
            asked.add(Set.copyOf(keys));
            return Map.of("l", "L", "m", "M");
        }));
        await().until(() -> !asked.isEmpty());
        source.complete("K");
        await().until(() -> {
            nodes.pass(LOOK);
            return bulk.isDone();
        });

        assertThat(bulk.get()).containsOnly(Map.entry("k", "K"), Map.entry("l", "L"), Map.entry("m", "M"));
        assertThat(asked).containsExactly(Set.of("l", "m"));
    }

    @Test
    void whatCannotBeEncodedIsLoadedByEach() {
        HamsterCache<String, String> first = nodes.client(
                        "a", new Mute(), CacheClient.builder().executor(Runnable::run))
                .cache("books", policy().build());
        HamsterCache<String, String> second = nodes.client(
                        "b", new Mute(), CacheClient.builder().executor(Runnable::run))
                .cache("books", policy().build());
        nodes.ring.view("a", "b", "c");
        nodes.pass(LeasedInstances.BOUND);

        assertThat(load(first, "k", CompletableFuture.completedFuture("v"))).isCompletedWithValue(Optional.of("v"));
        assertThat(first.get("k")).as("kept all the same").contains("v");
        assertThat(load(second, "k", CompletableFuture.completedFuture("v"))).isCompletedWithValue(Optional.of("v"));

        assertThat(loads).hasValue(2);
        assertThat(first.stats().loadsAlone()).isEqualTo(1);
    }

    /** Can't speak. */
    private static final class Mute implements Codec {

        @Override
        public byte[] encode(Object value, Type type) {
            throw new CodecException("no", null);
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            throw new CodecException("no", null);
        }
    }

    @Test
    void whatCannotBeReadIsLoadedAgain() {
        List<HamsterCache<String, String>> caches = caches(policy());
        HamsterCache<String, String> deaf = nodes.client(
                        "c", new Mute(), CacheClient.builder().executor(Runnable::run))
                .cache("books", policy().build());
        nodes.ring.view("a", "b", "c");
        nodes.pass(LeasedInstances.BOUND);
        load(caches.get(0), "k", CompletableFuture.completedFuture("v"));

        assertThat(load(deaf, "k", CompletableFuture.completedFuture("w"))).isCompletedWithValue(Optional.of("w"));
        assertThat(deaf.stats().undecodable()).isEqualTo(1);
    }

    @Test
    void outsideAClusterEachLoadsForItself() {
        List<HamsterCache<String, String>> caches = caches(policy());
        nodes.ring.view("a", "b");
        nodes.ring.leave("c");

        assertThat(load(caches.get(2), "k", CompletableFuture.completedFuture("v")))
                .isCompletedWithValue(Optional.of("v"));
        assertThat(caches.get(2).stats().loadsAlone()).isEqualTo(1);
        caches.get(2).invalidate("k");
        assertThat(caches.get(2).stats().pendingChanges()).isZero();
    }

    @Test
    void otherTiersNeedAStore() {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> clients.get(0)
                        .cache("remote", policy().tier(Tier.TWO_LEVEL).build()))
                .withMessageContaining("Cache 'remote' has tier TWO_LEVEL")
                .withMessageContaining("set the tier to LOCAL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedTier.ofLeases(
                        (cache, version, ttl) -> new MemoryCacheStore(time, ttl),
                        new TextCodec(),
                        new TestChannels().open()))
                .withMessageContaining("SharedTier.of");
    }
}
