package io.hamster.benchmarks.writeback;

import io.hamster.benchmarks.report.Row;
import io.hamster.benchmarks.report.Side;
import io.hamster.benchmarks.report.Suite;
import java.util.List;

/** Write-back with a journal in files, against a plain append on the same disk. */
public final class WriteBackSuite {

    private static final double OF_PLAIN_APPEND = 0.75;

    private WriteBackSuite() {}

    /**
     * Makes the suite.
     *
     * @return the suite {@code writeback}
     */
    public static Suite create() {
        return new Suite(
                "writeback",
                "Write-back",
                List.of(OneThreadPuts.class, EightThreadPuts.class, ThirtyTwoThreadPuts.class),
                List.of(
                        row("1 thread", OneThreadPuts.class),
                        row("8 threads", EightThreadPuts.class),
                        row("32 threads", ThirtyTwoThreadPuts.class)),
                List.of());
    }

    private static Row row(String threads, Class<? extends AcknowledgedPuts> type) {
        return new Row(
                "acknowledged put of 200 B in a file, " + threads,
                Side.of("HamsterCache", type, "hamster"),
                Side.of("append and group force", type, "plainAppend"),
                OF_PLAIN_APPEND);
    }
}
