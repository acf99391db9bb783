package io.hamster.hash;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random rings for property tests, the same for the same seed. */
final class Clusters {

    /** So few values that points of different peers collide all the time. */
    static final HashFunction COLLIDING = HashFunction.of32(text -> (int) StandardHash.CRC32.hash(text) & 0x7f);

    /** All points in a corner of the circle, which leaves most of a table's slices empty and one crowded. */
    static final HashFunction CROWDED = text -> StandardHash.XXH64.hash(text) >>> 40;

    private Clusters() {}

    static RingProfile profile(Random random) {
        Replicas replicas = random.nextInt(5) == 0 ? Replicas.auto() : Replicas.of(1 + random.nextInt(40));
        return switch (random.nextInt(12)) {
            case 0 -> RingProfile.ketama();
            case 1 -> RingProfile.envoy(1 + random.nextInt(200), 200 + random.nextInt(200));
            case 2 -> RingProfile.groupcache(StandardHash.CRC32, replicas);
            case 3 -> RingProfile.groupcache(COLLIDING, replicas);
            case 4 -> RingProfile.goHamster(COLLIDING, replicas);
            case 5 -> RingProfile.goHamster(CROWDED, replicas);
            case 6 -> RingProfile.maglev(StandardHash.XXH64, 251);
            default ->
                RingProfile.hamster(StandardHash.values()[random.nextInt(StandardHash.values().length)], replicas);
        };
    }

    /** A profile by which points of {@link #independent(RingProfile, Random, int) such peers} don't depend on other peers. */
    static RingProfile independent(Random random) {
        Replicas replicas = Replicas.of(1 + random.nextInt(40));
        return switch (random.nextInt(5)) {
            case 0 -> RingProfile.groupcache(StandardHash.CRC32, replicas);
            case 1 -> RingProfile.goHamster(COLLIDING, replicas);
            case 2 -> RingProfile.goHamster(CROWDED, replicas);
            case 3 -> RingProfile.ketama();
            default ->
                RingProfile.hamster(StandardHash.values()[random.nextInt(StandardHash.values().length)], replicas);
        };
    }

    /**
     * Peers whose points don't depend on each other. By ketama they do unless all weights are equal; even then only up to 60
     * peers, as beyond its single precision gives each peer of some numbers four points fewer.
     */
    static List<Peer> independent(RingProfile profile, Random random, int count) {
        List<Peer> peers = peers(random, count);
        if (profile instanceof KetamaProfile) {
            peers.replaceAll(peer -> new Peer(peer.id(), peer.address()));
        }
        return peers;
    }

    /** Peers with distinct ids in random order; some have no weight. */
    static List<Peer> peers(Random random, int count) {
        List<Peer> peers = new ArrayList<>();
        String prefix = "peer" + random.nextInt(1000) + "-";
        for (int i = 0; i < count; i++) {
            peers.add(new Peer(prefix + i, "10.0.0." + i + ":80", random.nextInt(6) * 50));
        }
        Collections.shuffle(peers, random);
        return peers;
    }

    static List<String> ids(List<Peer> peers) {
        return peers.stream().map(Peer::id).toList();
    }
}
