package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.SharedServer.Instance;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loads that instances share. Asynchronous ones run on the test's thread, as far as they can. */
class ClusterLoadTests {

    private static final Duration LEASE = Duration.ofSeconds(5);
    /** Longer than the longest pause between two looks at the store. */
    private static final Duration LOOK = Duration.ofMillis(210);

    private final ManualTime time = new ManualTime();
    private final SharedServer server = new SharedServer(time);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger loads = new AtomicInteger();

    private static CachePolicyBuilder policy() {
        return policy(Tier.TWO_LEVEL);
    }

    private static CachePolicyBuilder policy(Tier tier) {
        return CachePolicy.builder()
                .tier(tier)
                .loadScope(LoadScope.CLUSTER)
                .leaseTimeout(LEASE)
                .valueType(String.class);
    }

    @AfterEach
    void close() {
        server.close();
        threads.shutdownNow();
    }

    /** Begins a load that ends when the test says so. */
    private CompletableFuture<Optional<String>> load(Instance on, CompletableFuture<String> source) {
        return load(on, "k", source);
    }

    private CompletableFuture<Optional<String>> load(Instance on, String key, CompletableFuture<String> source) {
        return on.cache()
                .composeAsync(
                        key,
                        same -> {
                            loads.incrementAndGet();
                            return source;
                        },
                        value -> EntryOptions.none());
    }

    @Test
    void oneInstanceLoadsAndTheOthersWaitForIt() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        Instance c = server.instance(policy(Tier.REMOTE));
        CompletableFuture<String> source = new CompletableFuture<>();

        List<CompletableFuture<Optional<String>>> all =
                List.of(load(a, source), load(b, source), load(c, source), load(a, source));
        server.pass(LOOK);
        assertThat(loads).hasValue(1);
        source.complete("v");
        server.pass(LOOK);

        assertThat(all).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.of("v")));
        assertThat(loads).hasValue(1);
        assertThat(b.cache().stats().loads()).isZero();
    }

    @Test
    void threadsOfAllInstancesWaitToo() throws Exception {
        List<Instance> instances =
                List.of(server.instance(policy()), server.instance(policy()), server.instance(policy()));
        List<Future<Optional<String>>> calls = new ArrayList<>();
        BlockingLoader loader = new BlockingLoader();
        for (Instance instance : instances) {
            for (int i = 0; i < 20; i++) {
                calls.add(threads.submit(() -> instance.cache().get("k", loader)));
            }
        }
        loader.awaitBegun();
        time.advance(LOOK);
        loader.release("v");

        await().until(() -> {
            time.advance(LOOK);
            return calls.stream().allMatch(Future::isDone);
        });
        for (Future<Optional<String>> call : calls) {
            assertThat(call.get(20, TimeUnit.SECONDS)).contains("v");
        }
        assertThat(loader.calls()).isEqualTo(1);
    }

    @Test
    void aLoadKeepsItsLeaseForAsLongAsItRuns() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first = load(a, source);
        CompletableFuture<Optional<String>> second = load(b, source);

        server.pass(LEASE.multipliedBy(5));
        assertThat(loads).hasValue(1);
        source.complete("v");
        server.pass(LOOK);

        assertThat(first).isCompletedWithValue(Optional.of("v"));
        assertThat(second).isCompletedWithValue(Optional.of("v"));
        a.store().asked.clear();
        server.pass(LEASE);
        assertThat(a.store().asked).as("nothing is renewed any more").isEmpty();
    }

    @Test
    void afterAHoldersDeathExactlyOneOtherLoads() {
        Instance dead = server.instance(policy());
        Instance b = server.instance(policy());
        Instance c = server.instance(policy());
        load(dead, new CompletableFuture<>());
        dead.store().setAway(true);
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Optional<String>> second = load(b, source);
        CompletableFuture<Optional<String>> third = load(c, source);

        server.pass(LEASE.minusMillis(1));
        assertThat(loads).hasValue(1);
        server.pass(LOOK.plusMillis(1));
        assertThat(loads).hasValue(2);
        server.pass(LEASE.multipliedBy(3));
        source.complete("v");
        server.pass(LOOK);

        assertThat(second).isCompletedWithValue(Optional.of("v"));
        assertThat(third).isCompletedWithValue(Optional.of("v"));
        assertThat(loads).hasValue(2);
    }

    @Test
    void afterAFailureAnotherOneTries() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        CompletableFuture<String> failing = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first = load(a, failing);
        CompletableFuture<Optional<String>> second = load(b, CompletableFuture.completedFuture("v"));
        assertThat(second).isNotDone();

        failing.completeExceptionally(new IllegalStateException("down"));
        server.pass(LOOK);

        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void aLoadThatFindsNothingLetsTheNextOneLook() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        CompletableFuture<String> none = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first = load(a, none);
        CompletableFuture<Optional<String>> second = load(b, CompletableFuture.completedFuture("v"));

        none.complete(null);
        server.pass(LOOK);

        assertThat(first).isCompletedWithValue(Optional.empty());
        assertThat(second).isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void afterAnInvalidationAFreshLoadStartsBesideTheOld() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        CompletableFuture<String> old = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first = load(a, old);

        b.cache().invalidate("k");
        CompletableFuture<Optional<String>> second = load(b, CompletableFuture.completedFuture("new"));

        assertThat(second).isCompletedWithValue(Optional.of("new"));
        old.complete("old");
        assertThat(first).isCompletedWithValue(Optional.of("old"));
        server.channels.deliverAll();
        assertThat(a.cache().get("k")).contains("new");
        assertThat(b.cache().get("k")).contains("new");
    }

    @Test
    void aReadWithoutALoaderHoldsNobodyUp() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());

        assertThat(a.cache().get("k")).isEmpty();

        assertThat(load(b, CompletableFuture.completedFuture("v"))).isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void whoeverWaitsWhenTheStoreGoesLoadsByItself() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        load(a, new CompletableFuture<>());
        CompletableFuture<Optional<String>> second = load(b, CompletableFuture.completedFuture("v"));
        assertThat(second).isNotDone();

        b.store().setAway(true);
        server.pass(LOOK);

        assertThat(second).isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void anInterruptedReadHoldsNobodyUp() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        for (int keys = 1; keys <= 2; keys++) {
            Runnable release = a.store().holdAnswers();
            Thread.currentThread().interrupt();
            Set<String> some = keys == 1 ? Set.of("k") : Set.of("l", "m");
            assertThatExceptionOfType(CacheLoadInterruptedException.class).isThrownBy(() -> read(a.cache(), some));
            assertThat(Thread.interrupted()).isTrue();
            release.run();

            assertThat(some)
                    .allSatisfy(key -> assertThat(load(b, key, CompletableFuture.completedFuture("v")))
                            .isCompletedWithValue(Optional.of("v")));
        }
    }

    private static void read(HamsterCache<String, String> cache, Set<String> keys) {
        if (keys.size() == 1) {
            cache.get(keys.iterator().next(), key -> "v");
        } else {
            cache.getAll(keys, all -> Map.of());
        }
    }

    @Test
    void anInterruptedReadOfWhatCannotBeDecodedHoldsNobodyUp() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        HamsterCache<String, Integer> numbers =
                a.client().cache("numbers", policy().valueType(Integer.class).build());
        b.cache().put("k", "no number");
        List<Runnable> release = new ArrayList<>();
        a.store()
                .afterNext(() -> a.store().afterNext(() -> {
                    release.add(a.store().holdAnswers());
                    Thread.currentThread().interrupt();
                }));

        assertThatExceptionOfType(CacheLoadInterruptedException.class)
                .isThrownBy(() -> numbers.get("k", key -> loads.incrementAndGet()));
        assertThat(Thread.interrupted()).isTrue();
        release.get(0).run();

        assertThat(a.store().asked).containsSubsequence("get", "ticket", "end");
        assertThat(b.store().ticket("k").toCompletableFuture().join().isNew()).isTrue();
    }

    @Test
    void whoeverWaitsForWhatIsNotPublishedLoadsByItself() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first = load(a, source);
        CompletableFuture<Optional<String>> second = load(b, CompletableFuture.completedFuture("b"));
        a.store().setAway(true);
        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().invalidateTags(Set.of("of another key")));
        a.store().setAway(false);

        a.store().asked.clear();
        source.complete("a");
        assertThat(a.store().asked).doesNotContain("publish");
        server.pass(LOOK);

        assertThat(first).isCompletedWithValue(Optional.of("a"));
        assertThat(second).isCompletedWithValue(Optional.of("b"));
    }

    @Test
    void whoeverWaitsWhenItsClientIsClosedLoadsByItself() {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        load(a, new CompletableFuture<>());
        CompletableFuture<Optional<String>> second = load(b, CompletableFuture.completedFuture("v"));
        assertThat(second).isNotDone();

        b.client().close();

        assertThat(second).as("although the timers end, too").isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void aBulkLoadLoadsItsOwnKeysBeforeItWaitsForOthers() throws Exception {
        Instance a = server.instance(policy());
        Instance b = server.instance(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        load(a, source);
        List<Set<String>> asked = new ArrayList<>();
        Future<Map<String, String>> bulk = threads.submit(() -> b.cache().getAll(List.of("k", "l", "m"), keys -> {
            asked.add(Set.copyOf(keys));
            return Map.of("l", "L", "m", "M");
        }));

        // The other instance's keys are there although the bulk load isn't over.
        await().until(() -> a.cache().get("m").isPresent());
        source.complete("K");
        await().until(() -> {
            time.advance(LOOK);
            return bulk.isDone();
        });

        assertThat(bulk.get()).containsOnly(Map.entry("k", "K"), Map.entry("l", "L"), Map.entry("m", "M"));
        assertThat(asked).containsExactly(Set.of("l", "m"));
        assertThat(loads).hasValue(1);
    }

    @Test
    void oneInstanceRefreshesAndTheOthersTakeWhatItLoads() {
        CachePolicyBuilder eager = policy().defaultTtl(Duration.ofMinutes(10)).refreshAhead(0.5);
        Instance a = server.instance(eager);
        Instance b = server.instance(eager);
        a.cache().put("k", "old");
        server.channels.deliverAll();
        b.cache().get("k");
        server.pass(Duration.ofMinutes(6));
        CompletableFuture<String> source = new CompletableFuture<>();

        assertThat(load(a, source)).isCompletedWithValue(Optional.of("old"));
        assertThat(load(b, source)).isCompletedWithValue(Optional.of("old"));
        assertThat(loads).as("the other one has the lease").hasValue(1);
        source.complete("new");
        server.pass(Duration.ofMinutes(2));
        load(b, source);

        assertThat(a.cache().get("k")).contains("new");
        assertThat(b.cache().get("k")).contains("new");
        assertThat(loads).hasValue(1);
    }

    @Test
    void oneInstanceReloadsInEachInterval() {
        CachePolicyBuilder fresh = policy().defaultTtl(Duration.ofMinutes(10)).refreshInterval(Duration.ofMinutes(1));
        List<Instance> instances = List.of(server.instance(fresh), server.instance(fresh), server.instance(fresh));
        instances.forEach(each -> each.cache().get("k", key -> "v" + loads.incrementAndGet()));
        assertThat(loads).hasValue(1);

        for (int minute = 1; minute <= 5; minute++) {
            server.pass(Duration.ofSeconds(70));
            assertThat(loads).as("minute %s", minute).hasValue(1 + minute);
        }

        assertThat(instances)
                .allSatisfy(each -> assertThat(each.cache().get("k", key -> "not by a read"))
                        .contains("v6"));
    }

    @Test
    void anInstanceTakesWhatAnotherReloadedWhenItsOwnValueIsAnIntervalOld() {
        CachePolicyBuilder fresh = policy().defaultTtl(Duration.ofMinutes(10)).refreshInterval(Duration.ofMinutes(1));
        Instance a = server.instance(fresh);
        Instance late = server.instance(fresh);
        CacheLoader<String, String> loader = key -> "v" + loads.incrementAndGet();
        a.cache().get("k", loader);
        server.pass(Duration.ofSeconds(40));
        assertThat(late.cache().get("k", loader)).contains("v1");

        server.pass(Duration.ofSeconds(30));

        assertThat(late.cache().get("k", loader)).contains("v2");
        assertThat(loads).hasValue(2);
    }

    @Test
    void localTiersAreHandedWhatOneInstanceLoads() {
        Instance a = server.instance(policy(Tier.LOCAL).defaultTtl(Duration.ofMinutes(10)));
        Instance b = server.instance(policy(Tier.LOCAL).defaultTtl(Duration.ofMinutes(10)));
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Optional<String>> first = load(a, source);
        CompletableFuture<Optional<String>> second = load(b, source);

        source.complete("v");
        server.pass(LOOK);

        assertThat(first).isCompletedWithValue(Optional.of("v"));
        assertThat(second).isCompletedWithValue(Optional.of("v"));
        assertThat(loads).hasValue(1);
        server.pass(Duration.ofMinutes(9));
        assertThat(b.cache().get("k")).as("for its own time to live").contains("v");
        b.cache().invalidate("k");
        assertThat(a.cache().get("k")).as("each has its own").contains("v");
        assertThat(b.cache().get("k")).isEmpty();
    }

    @Test
    void whatATicketCantBringToALocalTierLeavesNothingOldThere() {
        Instance a = server.instance(policy(Tier.LOCAL).weigher((key, value) -> {
            if (value.equals("odd")) {
                throw new NoClassDefFoundError("com/acme/Gone");
            }
            return 1;
        }));
        a.cache().put("k", "old");

        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> a.cache().ticket("k").put("k", Optional.of("odd"), EntryOptions.none()));

        assertThat(a.cache().get("k")).isEmpty();
    }

    @Test
    void whatWasLoadedBeforeAChangeIsNotHandedOn() {
        Instance a = server.instance(policy(Tier.LOCAL));
        Instance b = server.instance(policy(Tier.LOCAL));
        load(a, CompletableFuture.completedFuture("old"));

        b.cache().invalidate("k");

        assertThat(load(b, CompletableFuture.completedFuture("new"))).isCompletedWithValue(Optional.of("new"));
    }

    @Test
    void anOverdueLoadLosesItsLease() {
        CachePolicyBuilder impatient = policy().hardTimeout(Duration.ofSeconds(2));
        Instance a = server.instance(impatient);
        Instance b = server.instance(policy());
        CompletableFuture<Optional<String>> hung = load(a, new CompletableFuture<>());
        CompletableFuture<Optional<String>> second = load(b, CompletableFuture.completedFuture("v"));

        server.pass(Duration.ofSeconds(2).plus(LEASE).plus(LOOK));

        assertThat(hung).isCompletedExceptionally();
        assertThat(second).isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void oneOfTwoWhoDeleteAKeyOfALocalTierIsGivenItsValue() {
        Instance a = server.instance(policy(Tier.LOCAL));
        List<Object> others = new ArrayList<>();
        a.cache().put("k", "v");
        a.store().afterNext(() -> others.add(a.cache().loadAndDelete("k")));

        assertThat(a.cache().loadAndDelete("k")).isEmpty();

        a.cache().put("k", "w");
        a.store().afterNext(() -> others.add(a.cache().invalidate("k")));
        assertThat(a.cache().invalidate("k")).isFalse();
        assertThat(others).containsExactly(Optional.of("v"), true);
    }

    @Test
    void whoDeletesAKeyOfALocalTierIsGivenWhatWasPutMeanwhile() {
        Instance a = server.instance(policy(Tier.LOCAL));
        a.cache().put("k", "v");
        a.store().afterNext(() -> a.cache().put("k", "w"));

        assertThat(a.cache().loadAndDelete("k")).contains("w");

        assertThat(a.cache().get("k")).isEmpty();
    }

    @Test
    void clusterScopeNeedsASharedTier() {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> CacheClient.builder()
                        .build()
                        .cache("books", policy(Tier.LOCAL).build()))
                .withMessageContaining("CLUSTER")
                .withMessageContaining("CacheClientBuilder.shared");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(
                        () -> CachePolicy.builder().loadScope(LoadScope.CLUSTER).build())
                .withMessageContaining("valueType");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> policy(Tier.REMOTE).refreshAhead(0.5).build())
                .withMessageContaining("TWO_LEVEL");
    }
}
