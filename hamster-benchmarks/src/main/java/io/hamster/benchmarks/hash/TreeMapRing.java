package io.hamster.benchmarks.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.VirtualNode;
import java.util.Map;
import java.util.TreeMap;

/** The ring that most people write: a sorted map of points, the one at or after the hash, else the first. */
final class TreeMapRing {

    private final TreeMap<Long, Peer> points = new TreeMap<>();

    TreeMapRing(HashRing ring) {
        for (VirtualNode node : ring.nodes()) {
            points.put(node.hash(), node.peer());
        }
    }

    Peer owner(long hash) {
        Map.Entry<Long, Peer> entry = points.ceilingEntry(hash);
        return (entry == null ? points.firstEntry() : entry).getValue();
    }
}
