package io.hamster.benchmarks.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.github.benmanes.caffeine.cache.simulator.admission.Admission;
import com.github.benmanes.caffeine.cache.simulator.policy.AccessEvent;
import com.github.benmanes.caffeine.cache.simulator.policy.Policy;
import com.github.benmanes.caffeine.cache.simulator.policy.linked.LinkedPolicy;
import com.github.benmanes.caffeine.cache.simulator.policy.linked.LinkedPolicy.EvictionPolicy;
import com.github.benmanes.caffeine.cache.simulator.policy.product.CaffeinePolicy;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.Eviction;
import io.hamster.cache.HamsterCache;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads recorded traces through caches that are too small for them, ours and those of Caffeine's simulator. */
class HitRatioTests {

    private static final int RUNS = 9;
    private static final long NO_KEY = -1;

    static Stream<Arguments> caches() {
        return Arrays.stream(Trace.values())
                .flatMap(trace -> Arrays.stream(trace.sizes()).mapToObj(size -> Arguments.of(trace, size)));
    }

    @ParameterizedTest
    @MethodSource("caches")
    void lruHitsAsOftenAsTheSimulators(Trace trace, int size) {
        long[] keys = trace.keys();

        assertThat(hits(keys, size, Eviction.LRU)).isEqualTo(hits(keys, linked(size, EvictionPolicy.LRU)));
    }

    @ParameterizedTest
    @MethodSource("caches")
    void lruHitsAlmostAsOftenWhenThreadsShareIt(Trace trace, int size) throws Exception {
        long[] keys = trace.keys();
        long ours;
        try (CacheClient client = CacheClient.builder().build()) {
            HamsterCache<Long, Boolean> cache = cache(client, size, Eviction.LRU);
            cache.put(NO_KEY, true);
            Thread other = new Thread(() -> cache.get(NO_KEY));
            other.start();
            other.join();
            cache.get(NO_KEY);
            long before = cache.stats().hits();
            read(keys, cache);
            ours = cache.stats().hits() - before;
        }

        double points = 100.0 * (ours - hits(keys, linked(size, EvictionPolicy.LRU))) / keys.length;
        assertThat(points).isCloseTo(0.0, within(0.5));
    }

    @ParameterizedTest
    @MethodSource("caches")
    void fifoHitsAsOftenAsTheSimulators(Trace trace, int size) {
        long[] keys = trace.keys();

        assertThat(hits(keys, size, Eviction.FIFO)).isEqualTo(hits(keys, linked(size, EvictionPolicy.FIFO)));
    }

    /** Admission is random in part: runs of one cache differ by up to a point among themselves, so means are compared. */
    @Test
    void theDefaultHitsWithinATenthOfAPointOfCaffeine() {
        Map<String, Double> differences = new TreeMap<>();
        for (Trace trace : Trace.values()) {
            long[] keys = trace.keys();
            for (int size : trace.sizes()) {
                double ours = percent(keys, () -> hits(keys, size, Eviction.W_TINY_LFU));
                double caffeines = percent(keys, () -> hits(keys, new CaffeinePolicy(config(size), Set.of())));
                differences.put(trace + " " + size, ours - caffeines);
            }
        }

        assertThat(differences).allSatisfy((cache, points) -> assertThat(points).isBetween(-1.5, 1.5));
        assertThat(differences.values().stream().mapToDouble(points -> points).average())
                .as("points of hit ratio, on average of %s", differences)
                .hasValueCloseTo(0.0, within(0.1));
    }

    private static double percent(long[] keys, LongSupplier hits) {
        return LongStream.generate(hits).limit(RUNS).average().orElseThrow() * 100 / keys.length;
    }

    private static long hits(long[] keys, int size, Eviction eviction) {
        try (CacheClient client = CacheClient.builder().executor(Runnable::run).build()) {
            HamsterCache<Long, Boolean> cache = cache(client, size, eviction);
            read(keys, cache);
            return cache.stats().hits();
        }
    }

    private static HamsterCache<Long, Boolean> cache(CacheClient client, int size, Eviction eviction) {
        return client.cache(
                "trace", CachePolicy.builder().eviction(eviction).maxSize(size).build());
    }

    private static void read(long[] keys, HamsterCache<Long, Boolean> cache) {
        for (long key : keys) {
            cache.get(key, missing -> true);
        }
    }

    private static long hits(long[] keys, Policy policy) {
        for (long key : keys) {
            policy.record(AccessEvent.forKey(key));
        }
        policy.finished();
        return policy.stats().hitCount();
    }

    private static Policy linked(int size, EvictionPolicy eviction) {
        return new LinkedPolicy(config(size), Set.of(), Admission.ALWAYS, eviction);
    }

    private static Config config(int size) {
        return ConfigFactory.parseMap(Map.of("maximum-size", size));
    }
}
