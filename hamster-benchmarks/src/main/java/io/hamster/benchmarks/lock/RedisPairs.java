package io.hamster.benchmarks.lock;

import io.hamster.testing.redis.VolatileRedis;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** Taking and giving back a lock in Redis that nobody else wants; each thread has a key of its own. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public abstract class RedisPairs {

    /** Whose locks. */
    @Param({
        Contenders.HAMSTER,
        Contenders.BARE,
        Contenders.SHEDLOCK,
        Contenders.INTEGRATION,
        Contenders.REDISSON,
        Contenders.REDISSON_FENCED
    })
    public String library = Contenders.HAMSTER;

    private @Nullable VolatileRedis redis;
    private @Nullable Contender contender;

    /** A thread's own key. */
    @State(Scope.Thread)
    public static class Key {

        private String key = "";

        /**
         * Chooses it.
         *
         * @param thread which one
         */
        @Setup
        public void choose(ThreadParams thread) {
            key = "order:" + thread.getThreadIndex();
        }
    }

    /** Starts Redis and connects. */
    @Setup
    public void start() {
        redis = VolatileRedis.start();
        contender = Contenders.named(library, redis.port());
        // So that all threads find it connected.
        contender.lockAndUnlock("first");
    }

    /** Ends both. */
    @TearDown
    public void end() {
        if (contender != null) {
            contender.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    /**
     * One pair.
     *
     * @param key the thread's
     */
    @Benchmark
    public void lockAndUnlock(Key key) {
        if (contender == null) {
            throw new IllegalStateException("Not started");
        }
        contender.lockAndUnlock(key.key);
    }
}
