package io.hamster.benchmarks.singleflight;

import io.hamster.benchmarks.report.Row;
import io.hamster.benchmarks.report.Section;
import io.hamster.benchmarks.report.Side;
import io.hamster.benchmarks.report.Suite;
import java.util.List;

/** Single flight, against what one would write by hand and against rejecting those who come too late. */
public final class SingleflightSuite {

    private SingleflightSuite() {}

    /**
     * Makes the suite.
     *
     * @return the suite {@code singleflight}
     */
    public static Suite create() {
        Side ours = Side.of("Singleflight", UncontendedBenchmark.class, "hamster");
        return new Suite(
                "singleflight",
                "Single flight",
                List.of(UncontendedBenchmark.class),
                List.of(
                        new Row(
                                "a caller alone",
                                ours,
                                Side.of("putIfAbsent + CompletableFuture", UncontendedBenchmark.class, "mapOfFutures"),
                                1.5),
                        new Row(
                                "a caller alone",
                                ours,
                                Side.of("Caffeine AsyncCache", UncontendedBenchmark.class, "caffeineAsyncCache"),
                                3.0)),
                List.of(new Section("200 clients, one cold key", ColdKey::report)));
    }
}
