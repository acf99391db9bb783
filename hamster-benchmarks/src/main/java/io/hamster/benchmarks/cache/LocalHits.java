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
 * Reads of the default cache that are all hits. Statistics and expiry are on; Caffeine has the settings that Hamster
 * gives it (an expiry for each entry, a weight), and once more the simplest that do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class LocalHits {

    private final Zipf<Integer> reads = new Zipf<>(key -> key);
    private final CacheClient client = CacheClient.builder().build();
    private final HamsterCache<Integer, String> hamster =
            client.cache("hits", CachePolicy.builder().maxSize(2 * Zipf.KEYS).build());
    private final Cache<Integer, String> caffeine = Caffeine.newBuilder()
            .recordStats()
            .maximumWeight(1_000_000)
            .weigher((Integer key, String value) -> 50)
            .expireAfter(Expiry.writing((Integer key, String value) -> Duration.ofHours(1)))
            .build();
    private final Cache<Integer, String> simpleCaffeine = Caffeine.newBuilder()
            .recordStats()
            .maximumSize(2 * Zipf.KEYS)
            .expireAfterWrite(Duration.ofHours(1))
            .build();
    private final ConcurrentMap<Integer, String> map = new ConcurrentHashMap<>();

    /** Fills the caches. */
    protected LocalHits() {
        for (int i = 0; i < Zipf.KEYS; i++) {
            String value = "value " + i;
            hamster.put(i, value);
            caffeine.put(i, value);
            simpleCaffeine.put(i, value);
            map.put(i, value);
        }
    }

    /** Ends the client's threads. */
    @TearDown(Level.Trial)
    public void close() {
        client.close();
    }

    /**
     * Hamster.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public String hamster(Reader reader) {
        return hamster.get(reads.next(reader)).orElse("");
    }

    /**
     * Hamster with a loader at hand.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public String hamsterWithLoader(Reader reader) {
        return hamster.get(reads.next(reader), key -> "loaded").orElse("");
    }

    /**
     * Caffeine with the same settings.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String caffeine(Reader reader) {
        return caffeine.getIfPresent(reads.next(reader));
    }

    /**
     * Caffeine with one expiry for all entries and a bound on their number alone.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String simpleCaffeine(Reader reader) {
        return simpleCaffeine.getIfPresent(reads.next(reader));
    }

    /**
     * A map that bounds nothing.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String map(Reader reader) {
        return map.get(reads.next(reader));
    }
}
