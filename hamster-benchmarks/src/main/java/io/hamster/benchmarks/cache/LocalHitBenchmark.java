package io.hamster.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Reads that are all hits: 10 000 keys, asked for by Zipf's law. Statistics and expiry are on; Caffeine has the
 * settings that Hamster gives it (an expiry for each entry, a weight), and once more the simplest that do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LocalHitBenchmark {

    private static final int KEYS = 10_000;
    private static final int READS = 1 << 16;

    private final Integer[] reads = new Integer[READS];
    private final CacheClient client = CacheClient.builder().build();
    private final HamsterCache<Integer, String> hamster;
    private final Cache<Integer, String> caffeine = Caffeine.newBuilder()
            .recordStats()
            .maximumWeight(1_000_000)
            .weigher((Integer key, String value) -> 50)
            .expireAfter(Expiry.writing((Integer key, String value) -> Duration.ofHours(1)))
            .build();
    private final Cache<Integer, String> simpleCaffeine = Caffeine.newBuilder()
            .recordStats()
            .maximumSize(2 * KEYS)
            .expireAfterWrite(Duration.ofHours(1))
            .build();
    private final ConcurrentMap<Integer, String> map = new ConcurrentHashMap<>();

    /** One thread's place in the reads. */
    @State(Scope.Thread)
    public static class Reader {

        private int next = (int) Thread.currentThread().getId() * 7919;
    }

    /** Fills the caches. */
    public LocalHitBenchmark() {
        hamster = client.cache("hits", CachePolicy.builder().maxSize(2 * KEYS).build());
        for (int i = 0; i < KEYS; i++) {
            String value = "value " + i;
            hamster.put(i, value);
            caffeine.put(i, value);
            simpleCaffeine.put(i, value);
            map.put(i, value);
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4711);
        for (int i = 0; i < READS; i++) {
            // The inverse of the continuous distribution with density 1/x.
            reads[i] = (int) Math.pow(KEYS, random.nextDouble()) - 1;
        }
    }

    /** Ends the client's threads. */
    @TearDown(Level.Trial)
    public void close() {
        client.close();
    }

    private Integer key(Reader reader) {
        return reads[reader.next++ & (READS - 1)];
    }

    /**
     * Hamster.
     *
     * @param reader this thread's place
     * @return the value
     */
    @Benchmark
    public String hamster(Reader reader) {
        return hamster.get(key(reader)).orElse("");
    }

    /**
     * Hamster with a loader at hand.
     *
     * @param reader this thread's place
     * @return the value
     */
    @Benchmark
    public String hamsterWithLoader(Reader reader) {
        return hamster.get(key(reader), key -> "loaded").orElse("");
    }

    /**
     * Caffeine with the same settings.
     *
     * @param reader this thread's place
     * @return the value
     */
    @Benchmark
    public @Nullable String caffeine(Reader reader) {
        return caffeine.getIfPresent(key(reader));
    }

    /**
     * Caffeine with one expiry for all entries and a bound on their number alone.
     *
     * @param reader this thread's place
     * @return the value
     */
    @Benchmark
    public @Nullable String simpleCaffeine(Reader reader) {
        return simpleCaffeine.getIfPresent(key(reader));
    }

    /**
     * A map that bounds nothing.
     *
     * @param reader this thread's place
     * @return the value
     */
    @Benchmark
    public @Nullable String map(Reader reader) {
        return map.get(key(reader));
    }
}
