package io.hamster.benchmarks.bloom;

import io.hamster.benchmarks.report.Row;
import io.hamster.benchmarks.report.Section;
import io.hamster.benchmarks.report.Side;
import io.hamster.benchmarks.report.Suite;
import java.util.ArrayList;
import java.util.List;

/** The Bloom filter, against Guava's. */
public final class BloomSuite {

    private BloomSuite() {}

    /**
     * Makes the suite.
     *
     * @return the suite {@code bloom}
     */
    public static Suite create() {
        List<Row> rows = new ArrayList<>();
        for (String kind : List.of("longs", "texts")) {
            double target = kind.equals("longs") ? 3.0 : 1.8;
            rows.add(row("put, 1 M " + kind, "hamsterAdd", "guavaPut", kind, target));
            rows.add(row("contains, 1 M " + kind, "hamsterContains", "guavaContains", kind, target));
        }
        return new Suite(
                "bloom",
                "Bloom filter",
                List.of(BloomBenchmark.class),
                rows,
                List.of(new Section("False positives", FalsePositives::report)));
    }

    private static Row row(String what, String ours, String theirs, String kind, double target) {
        return new Row(what, side("BloomFilter", ours, kind), side("Guava", theirs, kind), target);
    }

    private static Side side(String label, String method, String kind) {
        return Side.of(label, BloomBenchmark.class, method, "kind", kind);
    }
}
