package io.hamster.benchmarks.hash;

import io.hamster.benchmarks.report.Percentiles;
import io.hamster.hash.Peer;
import io.hamster.hash.RingPeerPicker;
import java.util.List;
import java.util.Locale;
import org.openjdk.jol.info.GraphLayout;

/** A picker of 1000 peers, beside what the Go library that Hamster takes its names from says of its own. */
final class Figures {

    private static final int PEERS = 1_000;
    private static final int PICKS = 1_000_000;
    private static final int CHANGES = 500;

    private Figures() {}

    static String report(boolean quick) throws Exception {
        List<Peer> peers = Clusters.peers(PEERS);
        RingPeerPicker picker = RingPeerPicker.builder().peers(peers).build();
        String[] keys = Clusters.keys(1 << 12);
        int[] next = new int[1];
        Percentiles picks =
                Percentiles.of(quick ? PICKS / 10 : PICKS, () -> picker.pickPeer(keys[next[0]++ & keys.length - 1]));
        List<Peer> newcomer = List.of(new Peer("newcomer", "10.1.0.1:8080"));
        Percentiles changes = Percentiles.of(quick ? CHANGES / 10 : CHANGES, () -> {
            picker.addPeers(newcomer);
            picker.removePeers(List.of("newcomer"));
            return newcomer;
        });
        double megabytes = GraphLayout.parseInstance(picker).totalSize() / 1e6;
        return String.format(Locale.ROOT, """
                One thread, 1000 peers. The Go library's figures are from its documentation (8 cores), not measured here.

                | what | Hamster | 99th percentile | Go library | 99th percentile |
                |---|---|---|---|---|
                | pick | %s | 1,000,000/s | 0.1 ms |
                | add a peer and remove it | %s | 10,000/s | 1 ms |
                | heap of 1000 peers | %.1f MB | | 10 MB | |
                """, picks.cells(), changes.cells(), megabytes);
    }
}
