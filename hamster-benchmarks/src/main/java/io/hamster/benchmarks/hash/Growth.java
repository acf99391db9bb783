package io.hamster.benchmarks.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.openjdk.jol.info.GraphLayout;

/** What a ring costs as it grows: measured in this JVM, best of several turns, without JMH's care. */
final class Growth {

    private static final int[] SIZES = {10, 30, 100, 300, 1_000, 3_000, 10_000};
    private static final int LOOKUPS = 1 << 20;

    private Growth() {}

    static String report(boolean quick) {
        int turns = quick ? 1 : 15;
        long[] hashes = Clusters.hashes(1 << 16);
        StringBuilder table = new StringBuilder("""
                150 virtual nodes a peer. Bytes are the ring's retained heap without its peers, by JOL.

                | peers | virtual nodes | lookup, hash given | add one peer | build | heap | heap a peer |
                |---|---|---|---|---|---|---|
                """);
        List<String> lookups = new ArrayList<>();
        List<String> kilobytes = new ArrayList<>();
        for (int size : SIZES) {
            List<Peer> peers = Clusters.peers(size);
            HashRing ring = HashRing.of(RingProfile.hamster(), peers);
            double lookup = best(turns, () -> lookups(ring, hashes)) / LOOKUPS;
            double add = best(turns, () -> ring.with(List.of(new Peer("newcomer", "10.1.0.1:8080"))));
            double build = best(turns, () -> HashRing.of(RingProfile.hamster(), peers));
            long bytes = GraphLayout.parseInstance(ring).totalSize()
                    - GraphLayout.parseInstance((Object) peers.toArray()).totalSize();
            lookups.add(String.format(Locale.ROOT, "%.1f", lookup));
            kilobytes.add(String.format(Locale.ROOT, "%.0f", bytes / 1024.0));
            table.append(String.format(
                    Locale.ROOT,
                    "| %d | %d | %.1f ns | %.3f ms | %.2f ms | %d kB | %d B |%n",
                    size,
                    ring.virtualNodes(),
                    lookup,
                    add / 1e6,
                    build / 1e6,
                    bytes / 1024,
                    bytes / size));
        }
        return table + chart("Lookup, ns", lookups) + chart("Heap, kB", kilobytes);
    }

    private static int lookups(HashRing ring, long[] hashes) {
        int sum = 0;
        for (int i = 0; i < LOOKUPS; i++) {
            sum += ring.ownerOf(hashes[i & (hashes.length - 1)]).weight();
        }
        return sum;
    }

    private static double best(int turns, Supplier<Object> work) {
        long best = Long.MAX_VALUE;
        int seen = 0;
        for (int turn = 0; turn < turns; turn++) {
            long start = System.nanoTime();
            Object result = work.get();
            best = Math.min(best, System.nanoTime() - start);
            seen += result.hashCode() & 1;
        }
        if (seen < 0) {
            throw new AssertionError("keeps the results alive");
        }
        return best;
    }

    private static String chart(String what, List<String> values) {
        String sizes = Arrays.stream(SIZES).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return """

                ```mermaid
                xychart-beta
                  title "%s, by number of peers"
                  x-axis [%s]
                  y-axis "%s"
                  line [%s]
                ```
                """.formatted(what, sizes, what, String.join(", ", values));
    }
}
