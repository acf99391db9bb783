package io.hamster.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.cache.CacheBuilder;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.Eviction;
import io.hamster.cache.HamsterCache;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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
 * Reads of caches that evict in an order, all hits. Hamster counts them always and looks at an entry's
 * expiry unless it has none; Caffeine does both in one of two variants, the others never do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class OrderedHits {

    private static final int ROOM = 2 * Zipf.KEYS;

    private final Zipf<Integer> reads = new Zipf<>(key -> key);
    private final CacheClient client = CacheClient.builder().build();
    private final HamsterCache<Integer, String> lru = cache(Eviction.LRU, Duration.ofHours(1));
    private final HamsterCache<Integer, String> lruForEver = cache(Eviction.LRU, ChronoUnit.FOREVER.getDuration());
    private final HamsterCache<Integer, String> fifo = cache(Eviction.FIFO, Duration.ofHours(1));
    private final HamsterCache<Integer, String> fifoForEver = cache(Eviction.FIFO, ChronoUnit.FOREVER.getDuration());
    private final com.github.benmanes.caffeine.cache.Cache<Integer, String> caffeine = Caffeine.newBuilder()
            .recordStats()
            .maximumSize(ROOM)
            .expireAfterWrite(Duration.ofHours(1))
            .build();
    private final com.github.benmanes.caffeine.cache.Cache<Integer, String> bareCaffeine =
            Caffeine.newBuilder().maximumSize(ROOM).build();
    private final com.google.common.cache.Cache<Integer, String> guava =
            CacheBuilder.newBuilder().maximumSize(ROOM).build();
    private final Map<Integer, String> lockedMap = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, String> eldest) {
            return size() > ROOM;
        }
    });
    private final ConcurrentMap<Integer, String> map = new ConcurrentHashMap<>();

    /** Fills the caches. */
    protected OrderedHits() {
        for (int i = 0; i < Zipf.KEYS; i++) {
            String value = "value " + i;
            lru.put(i, value);
            lruForEver.put(i, value);
            fifo.put(i, value);
            fifoForEver.put(i, value);
            caffeine.put(i, value);
            bareCaffeine.put(i, value);
            guava.put(i, value);
            lockedMap.put(i, value);
            map.put(i, value);
        }
    }

    private HamsterCache<Integer, String> cache(Eviction eviction, Duration ttl) {
        return client.cache(
                eviction + " " + ttl,
                CachePolicy.builder()
                        .eviction(eviction)
                        .maxSize(ROOM)
                        .defaultTtl(ttl)
                        .build());
    }

    /** Ends the client's threads. */
    @TearDown(Level.Trial)
    public void close() {
        client.close();
    }

    /**
     * Hamster, least recently used first.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public String hamsterLru(Reader reader) {
        return lru.get(reads.next(reader)).orElse("");
    }

    /**
     * The same without expiry.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public String hamsterLruForEver(Reader reader) {
        return lruForEver.get(reads.next(reader)).orElse("");
    }

    /**
     * Hamster, oldest first.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public String hamsterFifo(Reader reader) {
        return fifo.get(reads.next(reader)).orElse("");
    }

    /**
     * The same without expiry.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public String hamsterFifoForEver(Reader reader) {
        return fifoForEver.get(reads.next(reader)).orElse("");
    }

    /**
     * Caffeine with statistics and expiry.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String caffeine(Reader reader) {
        return caffeine.getIfPresent(reads.next(reader));
    }

    /**
     * Caffeine without either.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String bareCaffeine(Reader reader) {
        return bareCaffeine.getIfPresent(reads.next(reader));
    }

    /**
     * Guava's cache.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String guava(Reader reader) {
        return guava.getIfPresent(reads.next(reader));
    }

    /**
     * The JDK's linked map in order of use, behind one lock.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String lockedMap(Reader reader) {
        return lockedMap.get(reads.next(reader));
    }

    /**
     * A map that evicts nothing.
     *
     * @param reader this thread's
     * @return the value
     */
    @Benchmark
    public @Nullable String map(Reader reader) {
        return map.get(reads.next(reader));
    }
}
