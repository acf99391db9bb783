package io.hamster.hash;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How evenly a ring divides keys among its peers.
 *
 * @param shares each peer's share of all hashes by its id, 0 to 1; sums to 1
 * @param imbalance coefficient of variation (standard deviation over mean) of share ÷ weight of the peers with a weight;
 *     0 is even, lower is better
 * @param loadBalance {@code max(0, 1 − imbalance)}; below 0.8 is worth a look
 * @param peakToMean the greatest share ÷ weight over the mean; 1 is even
 */
public record RingBalance(Map<String, Double> shares, double imbalance, double loadBalance, double peakToMean) {

    static RingBalance of(Peer[] peers, double[] shares) {
        Map<String, Double> byId = new LinkedHashMap<>();
        double sum = 0;
        double peak = 0;
        int counted = 0;
        for (int i = 0; i < peers.length; i++) {
            byId.put(peers[i].id(), shares[i]);
            if (peers[i].weight() > 0) {
                double relative = shares[i] / peers[i].weight();
                sum += relative;
                peak = Math.max(peak, relative);
                counted++;
            }
        }
        Map<String, Double> unmodifiable = Collections.unmodifiableMap(byId);
        if (sum == 0) {
            return new RingBalance(unmodifiable, 0, 1, 1);
        }
        double mean = sum / counted;
        double squares = 0;
        for (int i = 0; i < peers.length; i++) {
            if (peers[i].weight() > 0) {
                double deviation = shares[i] / peers[i].weight() - mean;
                squares += deviation * deviation;
            }
        }
        double imbalance = Math.sqrt(squares / counted) / mean;
        return new RingBalance(unmodifiable, imbalance, Math.max(0, 1 - imbalance), peak / mean);
    }
}
