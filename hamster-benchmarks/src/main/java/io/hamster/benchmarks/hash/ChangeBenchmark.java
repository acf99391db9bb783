package io.hamster.benchmarks.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One peer comes to, or leaves, a ring of 1000 peers with 150 virtual nodes each. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChangeBenchmark {

    private static final int PEERS = 1000;

    private final List<Peer> peers = Clusters.peers(PEERS);
    private final Peer newcomer = new Peer("newcomer", "10.1.0.1:8080");
    private final List<Peer> all = new ArrayList<>(peers);
    private final HashRing ring = HashRing.of(RingProfile.hamster(), peers);

    /** Adds the newcomer to the list that is built anew. */
    public ChangeBenchmark() {
        all.add(newcomer);
    }

    /**
     * The newcomer's points are merged in.
     *
     * @return the new ring
     */
    @Benchmark
    public HashRing add() {
        return ring.with(List.of(newcomer));
    }

    /**
     * A peer's points are left out.
     *
     * @return the new ring
     */
    @Benchmark
    public HashRing remove() {
        return ring.without(List.of("peer-500"));
    }

    /**
     * Every point is computed and sorted anew.
     *
     * @return the new ring
     */
    @Benchmark
    public HashRing rebuild() {
        return HashRing.of(RingProfile.hamster(), all);
    }
}
