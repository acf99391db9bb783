package io.hamster.benchmarks.cache;

import io.hamster.testing.redis.VolatileRedis;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads of a cache that is shared through Redis, all hits. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class SharedHits {

    private final Zipf<String> reads = new Zipf<>(SharedHits::key);
    private @Nullable VolatileRedis redis;
    private @Nullable SharedCache cache;

    /**
     * Says whose cache it is.
     *
     * @return a name in {@link SharedCaches}
     */
    protected abstract String library();

    private static String key(int id) {
        return "product:" + id;
    }

    /** Starts Redis, connects and fills the cache. */
    @Setup
    public void start() {
        redis = VolatileRedis.start();
        cache = SharedCaches.named(library(), redis.port());
        for (int id = 0; id < Zipf.KEYS; id++) {
            cache.put(key(id), Product.of(id));
        }
        for (int id = 0; id < Zipf.KEYS; id++) {
            if (!Product.of(id).equals(cache.get(key(id)))) {
                throw new IllegalStateException(library() + " has another product for " + key(id));
            }
        }
    }

    /** Ends both. */
    @TearDown
    public void end() {
        if (cache != null) {
            cache.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    /**
     * One read.
     *
     * @param reader this thread's
     * @return the product
     */
    @Benchmark
    public @Nullable Product get(Reader reader) {
        if (cache == null) {
            throw new IllegalStateException("Not started");
        }
        return cache.get(reads.next(reader));
    }
}
