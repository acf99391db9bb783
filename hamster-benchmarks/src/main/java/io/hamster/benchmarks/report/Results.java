package io.hamster.benchmarks.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The figures of all rounds, by benchmark and parameters. */
final class Results {

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private final Map<String, List<Double>> nanos = new TreeMap<>();
    private final Map<String, List<Double>> bytes = new TreeMap<>();

    void add(Collection<RunResult> round) {
        for (RunResult run : round) {
            BenchmarkParams params = run.getParams();
            Map<String, String> values = new TreeMap<>();
            params.getParamsKeys().forEach(key -> values.put(key, params.getParam(key)));
            String key = key(params.getBenchmark(), values);
            nanos.computeIfAbsent(key, absent -> new ArrayList<>())
                    .add(nanos(params, run.getPrimaryResult().getScore()));
            Result<?> allocated = run.getSecondaryResults().get(ALLOCATION);
            if (allocated != null) {
                bytes.computeIfAbsent(key, absent -> new ArrayList<>()).add(allocated.getScore());
            }
        }
    }

    Measurement of(Side side) {
        String key = key(side.benchmark(), side.parameters());
        List<Double> times = nanos.get(key);
        if (times == null) {
            throw new IllegalStateException("No result for " + key + "; there are " + nanos.keySet());
        }
        return new Measurement(median(times), median(bytes.getOrDefault(key, List.of(Double.NaN))));
    }

    private static double nanos(BenchmarkParams params, double score) {
        double unit = params.getTimeUnit().toNanos(1);
        if (params.getMode() == Mode.Throughput) {
            // Operations of all threads in a unit: what one operation took one of them.
            return unit * params.getThreads() / score;
        }
        return score * unit;
    }

    private static String key(String benchmark, Map<String, String> parameters) {
        return benchmark + new TreeMap<>(parameters);
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
