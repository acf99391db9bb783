package io.hamster.benchmarks.report;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.IterationType;

/**
 * Has what a benchmark reads copied by the collector while it warms up, from the second iteration on, as in any application
 * that has run for a while. Else only benchmarks that allocate would have it so, and the others would read what lies
 * scattered among what was left behind when it was made.
 */
public final class SettledHeap implements InternalProfiler {

    private static final int COLLECTIONS = 3;
    private static final int ARRAYS = 1000;
    private static final int BYTES = 1000;

    /** Where garbage is seen by all threads for a moment, or the compiler would leave the allocation out. */
    private static volatile byte[] garbage = {};

    @Override
    public String getDescription() {
        return "Collections before each iteration of the warm-up";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        if (iteration.getType() == IterationType.WARMUP) {
            long until = collections() + COLLECTIONS;
            while (collections() < until) {
                for (int i = 0; i < ARRAYS; i++) {
                    garbage = new byte[BYTES];
                }
            }
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return List.of();
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
