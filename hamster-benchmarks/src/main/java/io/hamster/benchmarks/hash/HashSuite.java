package io.hamster.benchmarks.hash;

import io.hamster.benchmarks.report.Row;
import io.hamster.benchmarks.report.Section;
import io.hamster.benchmarks.report.Side;
import io.hamster.benchmarks.report.Suite;
import java.util.ArrayList;
import java.util.List;

/** The ring, against the sorted map that most people write and against hashes without a ring. */
public final class HashSuite {

    private HashSuite() {}

    /**
     * Makes the suite.
     *
     * @return the suite {@code hash}
     */
    public static Suite create() {
        List<Row> rows = new ArrayList<>();
        for (String peers : List.of("10", "100", "1000")) {
            Side ours = lookup("HashRing", "hamster", peers);
            String what = "lookup, hash given, " + peers + " peers";
            rows.add(new Row(what, ours, lookup("TreeMap", "treeMap", peers), 20.0));
            rows.add(new Row(what, ours, lookup("Guava consistentHash", "guavaConsistentHash", peers), null));
            rows.add(new Row(what, ours, lookup("hash4j JumpBack", "hash4jJumpBack", peers), null));
        }
        Side byHand = Side.of("CRC32 + TreeMap", PickBenchmark.class, "crc32TreeMap");
        rows.add(new Row(
                "pick, 20-character key, 100 peers",
                Side.of("PeerPicker, rapidhash", PickBenchmark.class, "hamsterRapidhash"),
                byHand,
                6.0));
        rows.add(new Row(
                "pick, 20-character key, 100 peers",
                Side.of("PeerPicker, crc32", PickBenchmark.class, "hamsterCrc32"),
                byHand,
                4.0));
        Side rebuild = Side.of("full rebuild", ChangeBenchmark.class, "rebuild");
        rows.add(new Row("add 1 peer to 1000", Side.of("with", ChangeBenchmark.class, "add"), rebuild, 10.0));
        rows.add(new Row("remove 1 of 1000 peers", Side.of("without", ChangeBenchmark.class, "remove"), rebuild, null));
        return new Suite(
                "hash",
                "Consistent hashing",
                List.of(LookupBenchmark.class, PickBenchmark.class, ChangeBenchmark.class),
                rows,
                List.of(
                        new Section("Evenness", Evenness::report),
                        new Section("Growth", Growth::report),
                        new Section("Beside the Go library", Figures::report)));
    }

    private static Side lookup(String label, String method, String peers) {
        return Side.of(label, LookupBenchmark.class, method, "peers", peers);
    }
}
