package io.hamster.hash;

/** A profile whose peers are points on a circle; a key belongs to the first point at or after its hash. */
abstract sealed class PointProfile extends RingProfile permits LabelProfile, KetamaProfile, EnvoyProfile {

    /** Envoy's default limit; what a typing error in a weight may cost at most: some 100 MB. */
    static final int MAX_POINTS = 8 * 1024 * 1024;

    private final boolean smallerIdWins;

    PointProfile(String name, HashFunction keyFunction, boolean smallerIdWins) {
        super(name, keyFunction);
        this.smallerIdWins = smallerIdWins;
    }

    /** Whose point counts when two are at the same place. */
    final boolean smallerIdWins() {
        return smallerIdWins;
    }

    /** How many points each of the peers gets, which have to be sorted by id; 0 for a weight of 0. */
    abstract int[] pointCounts(Peer[] peers);

    /** A peer's points in any order, as hashes of {@code keyFunction().bits()} bits. Depends on nothing else. */
    abstract long[] points(Peer peer, int count);

    /** Points per peer of weight 100, as far as the profile has such a number. The peers have to be sorted by id. */
    abstract int replicas(Peer[] peers);

    @Override
    final HashRing ring(Peer[] peers) {
        return PointRing.build(this, peers);
    }

    static int[] checked(long[] counts) {
        return checked(counts, MAX_POINTS);
    }

    static int[] checked(long[] counts, long most) {
        long total = 0;
        int[] result = new int[counts.length];
        for (int i = 0; i < counts.length; i++) {
            total += counts[i];
            if (total > most) {
                throw new InvalidPeerException("The peers' weights ask for more than " + most
                        + " virtual nodes; lower the replicas, or use weights around " + Peer.DEFAULT_WEIGHT);
            }
            result[i] = (int) counts[i];
        }
        return result;
    }

    static int takingTraffic(Peer[] peers) {
        int count = 0;
        for (Peer peer : peers) {
            count += peer.weight() > 0 ? 1 : 0;
        }
        return count;
    }
}
