package io.hamster.spring.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.VirtualNode;
import java.util.ArrayList;
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
        List<String> ids = ids(ring.nodes(), slices);
        List<String> peers = List.copyOf(new TreeSet<>(ids));
        Map<String, Integer> index = new HashMap<>();
        peers.forEach(id -> index.put(id, index.size()));
        return new RingCircle(peers, ids.stream().map(index::get).toList());
    }

    /** A node owns what lies before it; what lies after the last one is the first one's. */
    private static List<String> ids(List<VirtualNode> nodes, int slices) {
        List<String> ids = new ArrayList<>(slices);
        int node = 0;
        for (int slice = 0; slice < slices; slice++) {
            double middle = (slice + 0.5) / slices;
            while (node < nodes.size() && nodes.get(node).position() < middle) {
                node++;
            }
            ids.add(nodes.get(node % nodes.size()).peer().id());
        }
        return ids;
    }
}
