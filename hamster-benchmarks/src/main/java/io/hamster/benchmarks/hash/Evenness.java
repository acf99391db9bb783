package io.hamster.benchmarks.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.Replicas;
import io.hamster.hash.RingProfile;
import io.hamster.hash.StandardHash;
import java.util.List;
import java.util.Locale;

/** How evenly rings of 100 peers divide the keys: exact arc shares, so nothing here depends on the machine. */
final class Evenness {

    private static final int NAMES = 60;
    private static final int PEERS = 100;

    private Evenness() {}

    static String report(boolean quick) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "Coefficient of variation of the arcs of %d peers with 150 virtual nodes, over %d cluster names. "
                        + "Theory: 1/√150 = .082; at least as good as .090 is asked of `hamster`.%n%n"
                        + "| profile and hash | mean | worst | peak to mean |%n|---|---|---|---|%n",
                PEERS,
                NAMES));
        for (StandardHash function : StandardHash.values()) {
            table.append(line("hamster, " + function, RingProfile.hamster(function, Replicas.of(150))));
        }
        List.of(RingProfile.goHamster(), RingProfile.groupcache(), RingProfile.ketama(), RingProfile.maglev())
                .forEach(profile -> table.append(line(profile.name(), profile)));
        return table.toString();
    }

    private static String line(String what, RingProfile profile) {
        double sum = 0;
        double worst = 0;
        double peak = 0;
        for (int i = 0; i < NAMES; i++) {
            var balance =
                    HashRing.of(profile, Clusters.peers("cluster" + i, PEERS)).balance();
            sum += balance.imbalance();
            worst = Math.max(worst, balance.imbalance());
            peak = Math.max(peak, balance.peakToMean());
        }
        return String.format(Locale.ROOT, "| %s | %.3f | %.3f | %.2f |%n", what, sum / NAMES, worst, peak);
    }
}
