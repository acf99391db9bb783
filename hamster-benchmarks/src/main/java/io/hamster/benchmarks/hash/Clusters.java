package io.hamster.benchmarks.hash;

import io.hamster.hash.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Peers and keys, the same ones in every run. */
final class Clusters {

    private Clusters() {}

    static List<Peer> peers(int count) {
        return peers("peer", count);
    }

    static List<Peer> peers(String name, int count) {
        List<Peer> peers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            peers.add(new Peer(name + "-" + i, "10.0." + i / 250 + "." + i % 250 + ":8080"));
        }
        return peers;
    }

    /** Keys of 20 characters. */
    static String[] keys(int count) {
        Random random = new Random(42);
        String[] keys = new String[count];
        for (int i = 0; i < count; i++) {
            keys[i] = String.format("customer:%011d", Math.abs(random.nextLong() % 100_000_000_000L));
        }
        return keys;
    }

    /** Hashes of 32 bits, as CRC32 gives them. */
    static long[] hashes(int count) {
        Random random = new Random(42);
        long[] hashes = new long[count];
        for (int i = 0; i < count; i++) {
            hashes[i] = Integer.toUnsignedLong(random.nextInt());
        }
        return hashes;
    }
}
