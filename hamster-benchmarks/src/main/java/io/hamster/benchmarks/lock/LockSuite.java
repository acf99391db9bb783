package io.hamster.benchmarks.lock;

import io.hamster.benchmarks.report.Row;
import io.hamster.benchmarks.report.Section;
import io.hamster.benchmarks.report.Side;
import io.hamster.benchmarks.report.Suite;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Locks in memory and in Redis, against what others offer there. */
public final class LockSuite {

    /** Many threads and Redis leave little of a few processors for compiling what the threads run. */
    private static final int WARM_UP = 8;

    private LockSuite() {}

    /**
     * Makes the suite.
     *
     * @return the suite {@code lock}
     */
    public static Suite create() {
        List<Row> rows = new ArrayList<>();
        pairs(rows, "1 thread", OneThreadPairs.class, 0.9, 1.1);
        pairs(rows, "8 threads on keys of their own", EightThreadPairs.class, 0.85, 2.4);
        pairs(rows, "32 threads on keys of their own", ThirtyTwoThreadPairs.class, 0.85, 2.4);
        rows.add(new Row(
                "lock and unlock in memory (to reach: 500 ns)",
                Side.of("LockClient", MemoryPairs.class, "hamster"),
                Side.of("ConcurrentHashMap", MemoryPairs.class, "mapOfOwners"),
                null));
        return new Suite(
                "lock",
                "Locks",
                List.of(OneThreadPairs.class, EightThreadPairs.class, ThirtyTwoThreadPairs.class, MemoryPairs.class),
                rows,
                List.of(
                        new Section("Heap of held locks", HeldLocks::report),
                        new Section("Beside the Go library", Figures::report),
                        new Section("From release to grant", WakeUp::report),
                        new Section("One key, two JVMs", Contention::report),
                        new Section("10 000 held locks", Renewal::report)),
                WARM_UP);
    }

    private static void pairs(
            List<Row> rows, String threads, Class<? extends RedisPairs> type, double ofBare, double ofRedisson) {
        String what = "lock and unlock in Redis, " + threads;
        Side ours = side(Contenders.HAMSTER, type);
        rows.add(row(what, ours, Contenders.BARE, type, ofBare));
        rows.add(row(what, ours, Contenders.SHEDLOCK, type, null));
        rows.add(row(what, ours, Contenders.INTEGRATION, type, null));
        rows.add(row(what, ours, Contenders.REDISSON, type, ofRedisson));
        rows.add(row(what, ours, Contenders.REDISSON_FENCED, type, null));
    }

    private static Row row(
            String what, Side ours, String theirs, Class<? extends RedisPairs> type, @Nullable Double target) {
        return new Row(what, ours, side(theirs, type), target);
    }

    private static Side side(String library, Class<? extends RedisPairs> type) {
        return Side.of(library, type, "lockAndUnlock", "library", library);
    }
}
