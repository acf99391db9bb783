package io.hamster.benchmarks.bloom;

import io.hamster.cache.bloom.BloomFilter;
import io.hamster.cache.bloom.BloomFilterConfig;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A filter for a million keys at 1 %: filling it from empty, then asking for as many keys, half of them absent. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BloomBenchmark {

    private static final BloomFilterConfig CONFIG = new BloomFilterConfig(Keys.COUNT, Keys.FPP);

    /** What the keys are. */
    @Param({"longs", "texts"})
    public String kind = "longs";

    private Keys keys = new Keys("longs");
    private Object[] present = {};
    private Object[] asked = {};
    private BloomFilter<Object> hamster = BloomFilter.create(CONFIG);
    private com.google.common.hash.BloomFilter<Object> guava = keys.guava();

    /** Makes the keys and fills the filters. */
    @Setup
    public void fill() {
        keys = new Keys(kind);
        present = keys.present();
        asked = keys.asked();
        hamster = hamsterAdd();
        guava = guavaPut();
    }

    /**
     * Hamster's filter, filled.
     *
     * @return the filter
     */
    @Benchmark
    @OperationsPerInvocation(Keys.COUNT)
    public BloomFilter<Object> hamsterAdd() {
        BloomFilter<Object> filter = BloomFilter.create(CONFIG);
        for (Object key : present) {
            filter.add(key);
        }
        return filter;
    }

    /**
     * Guava's filter, filled.
     *
     * @return the filter
     */
    @Benchmark
    @OperationsPerInvocation(Keys.COUNT)
    public com.google.common.hash.BloomFilter<Object> guavaPut() {
        com.google.common.hash.BloomFilter<Object> filter = keys.guava();
        for (Object key : present) {
            filter.put(key);
        }
        return filter;
    }

    /**
     * Hamster's filter, asked.
     *
     * @return how many seem to be there
     */
    @Benchmark
    @OperationsPerInvocation(Keys.COUNT)
    public int hamsterContains() {
        int found = 0;
        for (Object key : asked) {
            found += hamster.mightContain(key) ? 1 : 0;
        }
        return found;
    }

    /**
     * Guava's filter, asked.
     *
     * @return how many seem to be there
     */
    @Benchmark
    @OperationsPerInvocation(Keys.COUNT)
    public int guavaContains() {
        int found = 0;
        for (Object key : asked) {
            found += guava.mightContain(key) ? 1 : 0;
        }
        return found;
    }
}
