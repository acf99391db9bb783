package io.hamster.hash;

/** The ring of Envoy's {@code ring_hash} load balancer. Where its host order matters, hosts are ordered by id here. */
final class EnvoyProfile extends PointProfile {

    private final int minimumSize;
    private final int maximumSize;

    EnvoyProfile(int minimumSize, int maximumSize) {
        super("envoy", StandardHash.XXH64, true);
        if (minimumSize < 1 || maximumSize > MAX_POINTS || minimumSize > maximumSize) {
            throw new IllegalArgumentException("Envoy ring sizes must be 1 <= minimum <= maximum <= " + MAX_POINTS
                    + ", but were " + minimumSize + " and " + maximumSize);
        }
        this.minimumSize = minimumSize;
        this.maximumSize = maximumSize;
    }

    @Override
    int[] pointCounts(Peer[] peers) {
        double totalWeight = 0;
        int lightest = Integer.MAX_VALUE;
        for (Peer peer : peers) {
            if (peer.weight() > 0) {
                totalWeight += peer.weight();
                lightest = Math.min(lightest, peer.weight());
            }
        }
        double smallestShare = lightest / totalWeight;
        double scale = Math.min(Math.ceil(smallestShare * minimumSize) / smallestShare, maximumSize);
        long[] counts = new long[peers.length];
        double target = 0;
        long placed = 0;
        for (int i = 0; i < peers.length; i++) {
            if (peers[i].weight() > 0) {
                // Fractions carry over to the next peer, so that the whole ring has the size it should have.
                target += scale * (peers[i].weight() / totalWeight);
                counts[i] = Math.max(0, (long) Math.ceil(target) - placed);
                placed += counts[i];
            }
        }
        // Envoy rounds up, too, and so may pass its maximum by a few.
        return checked(counts, MAX_POINTS + peers.length);
    }

    @Override
    long[] points(Peer peer, int count) {
        long[] points = new long[count];
        for (int i = 0; i < count; i++) {
            points[i] = StandardHash.XXH64.hash(peer.id() + "_" + i);
        }
        return points;
    }

    @Override
    int replicas(Peer[] peers) {
        long total = 0;
        for (int count : pointCounts(peers)) {
            total += count;
        }
        return (int) (total / Math.max(1, takingTraffic(peers)));
    }
}
