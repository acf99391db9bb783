package io.hamster.benchmarks.hash;

import com.dynatrace.hash4j.consistent.ConsistentBucketHasher;
import com.dynatrace.hash4j.consistent.ConsistentHashing;
import com.google.common.hash.Hashing;
import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a key's hash to its owner; 65536 random hashes in turn, so that no branch predictor learns them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookupBenchmark {

    private static final int MASK = (1 << 16) - 1;

    /** How many peers of 150 virtual nodes. */
    @Param({"10", "100", "1000"})
    public int peers;

    private final long[] hashes = Clusters.hashes(MASK + 1);
    private final ConsistentBucketHasher jumpBack = ConsistentHashing.jumpBackHashSplitMix64();
    private HashRing ring = HashRing.of(RingProfile.hamster(), Clusters.peers(1));
    private TreeMapRing treeMap = new TreeMapRing(ring);
    private int next;

    /** Builds the rings. */
    @Setup
    public void build() {
        ring = HashRing.of(RingProfile.hamster(), Clusters.peers(peers));
        treeMap = new TreeMapRing(ring);
    }

    private long hash() {
        return hashes[next++ & MASK];
    }

    /**
     * Hamster's ring.
     *
     * @return the owner
     */
    @Benchmark
    public Peer hamster() {
        return ring.ownerOf(hash());
    }

    /**
     * The same points in a {@code TreeMap}.
     *
     * @return the owner
     */
    @Benchmark
    public Peer treeMap() {
        return treeMap.owner(hash());
    }

    /**
     * Guava's jump hash: buckets have numbers, and only the last one can be removed.
     *
     * @return the bucket
     */
    @Benchmark
    public int guavaConsistentHash() {
        return Hashing.consistentHash(hash(), peers);
    }

    /**
     * Hash4j's JumpBackHash, with the same restriction.
     *
     * @return the bucket
     */
    @Benchmark
    public int hash4jJumpBack() {
        return jumpBack.getBucket(hash(), peers);
    }
}
