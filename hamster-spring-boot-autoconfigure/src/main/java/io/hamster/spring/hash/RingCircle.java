package io.hamster.spring.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A ring for drawing: who owns each of a number of even slices of the circle, by the slice's middle. Its size depends on
 * the slices, not on how many virtual nodes there are.
 *
 * @param peers ids of the peers that own a slice, sorted
 * @param owners for each slice its owner, as an index into the peers
 */
record RingCircle(List<String> peers, List<Integer> owners) {

    static final int MOST_SLICES = 4096;

    static RingCircle of(HashRing ring, int slices) {
        if (ring.isEmpty()) {
            return new RingCircle(List.of(), List.of());
        }
        List<String> ids = ring.slices(slices).stream().map(Peer::id).toList();
        List<String> peers = List.copyOf(new TreeSet<>(ids));
        Map<String, Integer> index = new HashMap<>();
        peers.forEach(id -> index.put(id, index.size()));
        return new RingCircle(peers, ids.stream().map(index::get).toList());
    }
}
