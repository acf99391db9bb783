package io.hamster.hash;

import java.util.List;

/**
 * What a picker did since it was created, and how evenly its ring divides keys.
 *
 * @param peers how many peers there are
 * @param alive how many of them are alive
 * @param virtualNodes points on the ring
 * @param replicas points per peer of weight 100
 * @param perPeer each peer, sorted by id
 * @param imbalance coefficient of variation of share ÷ weight; 0 is even, lower is better
 * @param loadBalance {@code max(0, 1 − imbalance)}; below 0.8 is worth a look
 * @param peakToMean the greatest share ÷ weight over the mean; 1 is even
 * @param picks how often peers were picked, those that were removed since included
 * @param failovers how often a dead peer's keys began to go elsewhere: once per death that picks noticed
 * @param redirectedPicks picks that went to another peer than the key's owner because that was dead
 */
public record PickerStats(
        int peers,
        int alive,
        int virtualNodes,
        int replicas,
        List<PeerStats> perPeer,
        double imbalance,
        double loadBalance,
        double peakToMean,
        long picks,
        long failovers,
        long redirectedPicks) {

    /**
     * One peer.
     *
     * @param peer the peer
     * @param alive whether it is alive
     * @param share its share of all keys while every peer is alive, 0 to 1
     * @param picks how often it was picked, by {@code pickPeer}, {@code pickPeers} and {@code acquire}
     * @param inFlight handles on it that are not closed yet
     */
    public record PeerStats(Peer peer, boolean alive, double share, long picks, int inFlight) {}
}
