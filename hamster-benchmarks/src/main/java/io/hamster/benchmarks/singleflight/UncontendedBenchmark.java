package io.hamster.benchmarks.singleflight;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.hamster.singleflight.Singleflight;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A caller alone: what sharing costs when there is nobody to share with. Work that returns at once, 1024 keys. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class UncontendedBenchmark {

    private static final int KEYS = 1024;

    private final String[] keys = new String[KEYS];
    private final Singleflight<String, Integer> singleflight = new Singleflight<>();
    private final ConcurrentMap<String, CompletableFuture<Integer>> map = new ConcurrentHashMap<>();
    private final AsyncCache<String, Integer> cache = Caffeine.newBuilder().buildAsync();
    private int next;

    /** Makes the keys. */
    public UncontendedBenchmark() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = "customer:" + i;
        }
    }

    private String key() {
        return keys[next++ & (KEYS - 1)];
    }

    /**
     * Hamster.
     *
     * @return the value
     * @throws Exception never
     */
    @Benchmark
    public Integer hamster() throws Exception {
        return singleflight.execute(key(), () -> 42).value();
    }

    /**
     * What one writes by hand: a map of futures.
     *
     * @return the value
     */
    @Benchmark
    public Integer mapOfFutures() {
        String key = key();
        CompletableFuture<Integer> own = new CompletableFuture<>();
        CompletableFuture<Integer> running = map.putIfAbsent(key, own);
        if (running != null) {
            return running.join();
        }
        map.remove(key, own);
        own.complete(42);
        return own.join();
    }

    /**
     * Caffeine's asynchronous cache, the entry removed again as single flight caches nothing.
     *
     * @return the value
     */
    @Benchmark
    public Integer caffeineAsyncCache() {
        String key = key();
        CompletableFuture<Integer> own = new CompletableFuture<>();
        CompletableFuture<Integer> running = cache.asMap().putIfAbsent(key, own);
        if (running != null) {
            return running.join();
        }
        cache.asMap().remove(key, own);
        own.complete(42);
        return own.join();
    }
}
