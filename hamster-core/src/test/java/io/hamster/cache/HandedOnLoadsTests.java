package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.Codec;
import io.hamster.CodecException;
import io.hamster.cluster.TextCodec;
import io.hamster.testing.ManualTime;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes to those who wait for a load that another node runs, and how often they ask. */
class HandedOnLoadsTests {

    private static final Duration LEASE = Duration.ofSeconds(5);
    /** Longer than the longest pause between two looks. */
    private static final Duration LOOK = Duration.ofMillis(210);

    private final ManualTime time = new ManualTime();
    private final LeasedInstances nodes = new LeasedInstances(time);
    private final AtomicInteger loads = new AtomicInteger();

    @AfterEach
    void close() {
        nodes.close();
    }

    private static CachePolicyBuilder policy() {
        return CachePolicy.builder()
                .loadScope(LoadScope.CLUSTER)
                .leaseTimeout(LEASE)
                .valueType(String.class)
                .tellsOthers(true);
    }

    private List<HamsterCache<String, String>> caches(CachePolicyBuilder policy) {
        return caches(policy, new TextCodec());
    }

    private List<HamsterCache<String, String>> caches(CachePolicyBuilder policy, Codec codec) {
        CachePolicy built = policy.build();
        List<HamsterCache<String, String>> caches = new ArrayList<>();
        for (String node : List.of("a", "b", "c")) {
            CacheClientBuilder builder = CacheClient.builder().executor(Runnable::run);
            caches.add(nodes.client(node, codec, builder).cache("books", built));
        }
        nodes.ring.view("a", "b", "c");
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
    void anAbsenceThatIsNotKeptIsToldToThoseWhoWait() {
        List<HamsterCache<String, String>> caches = caches(policy());
        CompletableFuture<String> none = new CompletableFuture<>();
        List<CompletableFuture<Optional<String>>> answers =
                caches.stream().map(cache -> load(cache, "k", none)).toList();

        none.complete(null);
        nodes.pass(LOOK);

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.empty()));
        assertThat(loads).hasValue(1);
        assertThat(load(caches.get(2), "k", CompletableFuture.completedFuture("v")))
                .as("nobody remembers it")
                .isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void soIsAValueThatIsNotKept() {
        List<HamsterCache<String, String>> caches = caches(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        List<CompletableFuture<Optional<String>>> answers = caches.stream()
                .map(cache -> load(cache, "k", source, EntryOptions.uncached()))
                .toList();

        source.complete("v");
        nodes.pass(LOOK);

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.of("v")));
        assertThat(loads).hasValue(1);
        assertThat(caches).allSatisfy(cache -> assertThat(cache.get("k")).isEmpty());
    }

    @Test
    void whatCannotBeEncodedIsLoadedByAllAtOnce() {
        assertAllLoadAtOnce(caches(policy(), new Mute()), "v");
    }

    @Test
    void soIsWhatIsTooLarge() {
        assertAllLoadAtOnce(caches(policy()), "v".repeat((4 << 20) + 1));
    }

    @Test
    void whatIsTooLargeIsHandedOnIfItIsCompressed() {
        String value = "v".repeat((4 << 20) + 1);
        List<HamsterCache<String, String>> caches = caches(policy().compressAbove(1000));
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Optional<String>> here = load(caches.get(0), "k", source);
        List<CompletableFuture<Optional<String>>> there = List.of(
                load(caches.get(1), "k", new CompletableFuture<>()),
                load(caches.get(2), "k", new CompletableFuture<>()));

        source.complete(value);
        nodes.pass(LOOK);

        assertThat(here).isCompletedWithValue(Optional.of(value));
        assertThat(there).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.of(value)));
        assertThat(loads).hasValue(1);
        assertThat(caches).allSatisfy(cache -> {
            assertThat(cache.get("k")).contains(value);
            assertThat(cache.stats().undecodable()).isZero();
        });
    }

    /** Each once, for all of its callers, and none after another. */
    private void assertAllLoadAtOnce(List<HamsterCache<String, String>> caches, String value) {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> others = new CompletableFuture<>();
        CompletableFuture<Optional<String>> here = load(caches.get(0), "k", first);
        List<CompletableFuture<Optional<String>>> there = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            there.add(load(caches.get(1 + i % 2), "k", others));
        }
        nodes.pass(LOOK);
        assertThat(loads).hasValue(1);

        first.complete(value);
        nodes.pass(LOOK);
        assertThat(here).isCompletedWithValue(Optional.of(value));
        assertThat(loads).hasValue(3);
        others.complete(value);
        nodes.pass(LOOK);

        assertThat(there).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.of(value)));
        assertThat(loads).hasValue(3);
        assertThat(caches).allSatisfy(cache -> assertThat(cache.get("k")).contains(value));
        assertThat(caches.get(1).stats().loadsAlone()).isPositive();
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
    void whatIsHandedOnLivesNoLongerThanWhereItWasLoaded() {
        for (Duration ttl : List.of(Duration.ofSeconds(2), LEASE, Duration.ofSeconds(7), Duration.ofMinutes(1))) {
            List<HamsterCache<String, String>> caches = caches(policy().defaultTtl(ttl));
            load(caches.get(0), "k", CompletableFuture.completedFuture("v"));
            Duration passed = ttl.compareTo(LEASE) < 0 ? ttl.minusMillis(1) : LEASE.minusMillis(1);
            nodes.pass(passed);
            assertThat(load(caches.get(1), "k", new CompletableFuture<>())).isCompletedWithValue(Optional.of("v"));

            nodes.pass(ttl.minus(passed).minusMillis(1));
            assertThat(caches.get(1).get("k")).as("before %s", ttl).contains("v");
            nodes.pass(Duration.ofMillis(1));
            assertThat(caches.get(0).get("k")).as("after %s", ttl).isEmpty();
            assertThat(caches.get(1).get("k")).as("after %s", ttl).isEmpty();
            close();
        }
    }

    @Test
    void absencesThatAreHandedOnLiveNoLongerEither() {
        Duration ttl = Duration.ofSeconds(7);
        List<HamsterCache<String, String>> caches = caches(policy().nullTtl(ttl));
        load(caches.get(0), "k", CompletableFuture.completedFuture(null));
        nodes.pass(LEASE.minusMillis(1));
        assertThat(load(caches.get(1), "k", new CompletableFuture<>())).isCompletedWithValue(Optional.empty());

        nodes.pass(ttl.minus(LEASE));
        assertThat(load(caches.get(1), "k", new CompletableFuture<>())).isCompletedWithValue(Optional.empty());
        nodes.pass(Duration.ofMillis(1));

        assertThat(load(caches.get(1), "k", CompletableFuture.completedFuture("v")))
                .isCompletedWithValue(Optional.of("v"));
    }

    @Test
    void theMoreIsWaitedForTheLessOftenItIsAskedFor() {
        int keys = 4000;
        List<HamsterCache<String, String>> caches = caches(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        IntStream.range(0, keys).forEach(i -> load(caches.get(0), "k" + i, source));
        List<CompletableFuture<Optional<String>>> answers = IntStream.range(0, keys)
                .mapToObj(i -> load(caches.get(1), "k" + i, source))
                .toList();
        nodes.pass(Duration.ofSeconds(1));
        int before = nodes.ring.join("b").asked();

        nodes.pass(Duration.ofSeconds(4));
        assertThat(nodes.ring.join("b").asked() - before).isLessThan(2 * 4 * 5000);
        source.complete("v");
        nodes.pass(LEASE.dividedBy(4));

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.of("v")));
        assertThat(loads).hasValue(keys);
    }

    @Test
    void whoComesAfterWhatIsHandedOnHasExpiredIsGivenItIfItWaited() {
        int keys = 6000;
        List<HamsterCache<String, String>> caches = caches(policy().defaultTtl(Duration.ofMillis(500)));
        CompletableFuture<String> source = new CompletableFuture<>();
        List<CompletableFuture<Optional<String>>> answers = new ArrayList<>();
        for (int node = 0; node < 2; node++) {
            HamsterCache<String, String> cache = caches.get(node);
            IntStream.range(0, keys).forEach(i -> answers.add(load(cache, "k" + i, source)));
        }
        nodes.pass(Duration.ofSeconds(1));

        source.complete("v");
        nodes.pass(Duration.ofSeconds(2));

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.of("v")));
        assertThat(loads).hasValue(keys);
    }

    @Test
    void howLongAnAbsenceIsRememberedSaysNothingOfHowOftenItIsAskedFor() {
        List<HamsterCache<String, String>> caches = caches(policy().nullTtl(Duration.ofMillis(10)));
        CompletableFuture<String> none = new CompletableFuture<>();
        List<CompletableFuture<Optional<String>>> answers =
                caches.stream().map(cache -> load(cache, "k", none)).toList();
        nodes.pass(Duration.ofSeconds(1));
        int before = asked();
        nodes.pass(Duration.ofSeconds(1));
        assertThat(asked() - before).isBetween(1, 50);

        none.complete(null);
        nodes.pass(LOOK);

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(Optional.empty()));
        assertThat(loads).hasValue(1);
        assertThat(load(caches.get(1), "k", CompletableFuture.completedFuture("v")))
                .as("it isn't remembered for any longer")
                .isCompletedWithValue(Optional.of("v"));
    }

    private int asked() {
        return Stream.of("a", "b", "c")
                .mapToInt(node -> nodes.ring.join(node).asked())
                .sum();
    }

    @Test
    void whoWaitsForLongAsksLessOften() {
        List<HamsterCache<String, String>> caches = caches(policy());
        CompletableFuture<String> source = new CompletableFuture<>();
        List<String> keys = IntStream.range(0, 10).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> load(caches.get(0), key, source));
        keys.forEach(key -> load(caches.get(1), key, source));
        nodes.pass(Duration.ofSeconds(3));
        int before = nodes.ring.join("b").asked();

        nodes.pass(Duration.ofSeconds(10));

        assertThat(nodes.ring.join("b").asked() - before).isBetween(1, keys.size() * 10 * 10);
    }

    @Test
    void aWriteThroughTheCacheTakesNoLease() {
        Source source = new Source();
        List<HamsterCache<String, String>> caches = caches(policy().writeThrough(source));
        int before = nodes.ring.join("b").asked();
        List<String> keys = IntStream.range(0, 10).mapToObj(i -> "k" + i).toList();

        keys.forEach(key -> caches.get(1).put(key, "v"));

        assertThat(source.values).containsOnlyKeys(keys);
        assertThat(nodes.ring.join("b").asked() - before)
                .as("two others are told of each change")
                .isEqualTo(2 * keys.size());
    }

    private static final class Source implements CacheWriter<String, String> {

        private final Map<String, String> values = new HashMap<>();

        @Override
        public void write(String key, String value) {
            values.put(key, value);
        }

        @Override
        public void delete(String key) {
            values.remove(key);
        }
    }
}
