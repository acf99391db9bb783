package io.hamster.spring.actuate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All concerns at one glance; what is turned off is null. Holds no keys.
 *
 * @param version Hamster's; null if that isn't known, as outside of its jar
 * @param locks the locks of this instance
 * @param caches the caches that this instance has made so far, by name
 * @param peers the peers of the ring
 * @param cluster the cluster as this instance sees it
 */
public record HamsterOverview(
        @Nullable String version,
        @Nullable Locks locks,
        @Nullable List<Cache> caches,
        @Nullable Peers peers,
        @Nullable Cluster cluster) {

    /**
     * Adds a concern.
     *
     * @param part its part
     * @return an overview with it
     */
    public HamsterOverview with(Locks part) {
        return new HamsterOverview(version, part, caches, peers, cluster);
    }

    /**
     * Adds a concern.
     *
     * @param part its part
     * @return an overview with it
     */
    public HamsterOverview with(List<Cache> part) {
        return new HamsterOverview(version, locks, part, peers, cluster);
    }

    /**
     * Adds a concern.
     *
     * @param part its part
     * @return an overview with it
     */
    public HamsterOverview with(Peers part) {
        return new HamsterOverview(version, locks, caches, part, cluster);
    }

    /**
     * Adds a concern.
     *
     * @param part its part
     * @return an overview with it
     */
    public HamsterOverview with(Cluster part) {
        return new HamsterOverview(version, locks, caches, peers, part);
    }

    /**
     * Locks.
     *
     * @param store where they are kept
     * @param scope how far exclusion reaches
     * @param held how many this instance holds
     * @param waiting how many of its requests wait
     */
    public record Locks(String store, String scope, long held, long waiting) {}

    /**
     * A cache.
     *
     * @param name its name
     * @param tier where its entries are: {@code local}, {@code remote} or {@code two_level}
     * @param size entries in this JVM
     * @param maxSize the most there may be
     * @param hitRatio the share of reads that were hits, 0 to 1; null if nothing was read
     */
    public record Cache(
            String name,
            String tier,
            long size,
            long maxSize,
            @Nullable Double hitRatio) {}

    /**
     * The ring's peers.
     *
     * @param alive how many are alive
     * @param all how many there are
     * @param balance how evenly the ring divides keys: 1 is even
     */
    public record Peers(int alive, int all, double balance) {}

    /**
     * The cluster.
     *
     * @param mode what it is made of
     * @param node this node's name
     * @param role {@code leader}, {@code follower}, {@code candidate} or {@code none}
     * @param leader the leader's name; null if none is known
     * @param term the highest term known
     * @param alive how many nodes are in reach
     * @param all how many nodes there are
     * @param lost names of those out of reach
     */
    public record Cluster(
            String mode,
            String node,
            String role,
            @Nullable String leader,
            long term,
            int alive,
            int all,
            List<String> lost) {}
}
