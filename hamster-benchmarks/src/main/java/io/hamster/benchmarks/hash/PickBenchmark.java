package io.hamster.benchmarks.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.Replicas;
import io.hamster.hash.RingPeerPicker;
import io.hamster.hash.RingProfile;
import io.hamster.hash.StandardHash;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * From a key of 20 characters to a live peer of 100: validation, hash, lookup, liveness and statistics; 65536 keys in
 * turn, as in {@link LookupBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickBenchmark {

    private static final int PEERS = 100;
    private static final int MASK = (1 << 16) - 1;

    private final String[] keys = Clusters.keys(MASK + 1);
    private final RingPeerPicker crc32 = picker(StandardHash.CRC32);
    private final RingPeerPicker rapidhash = picker(StandardHash.RAPIDHASH);
    private final TreeMapRing treeMap = new TreeMapRing(HashRing.of(RingProfile.hamster(), Clusters.peers(PEERS)));
    private int next;

    private static RingPeerPicker picker(StandardHash function) {
        return RingPeerPicker.builder()
                .profile(RingProfile.hamster(function, Replicas.of(150)))
                .peers(Clusters.peers(PEERS))
                .build();
    }

    private String key() {
        return keys[next++ & MASK];
    }

    /**
     * Hamster with its default hash.
     *
     * @return the peer
     */
    @Benchmark
    public Peer hamsterCrc32() {
        return crc32.pickPeer(key());
    }

    /**
     * Hamster with its fast hash.
     *
     * @return the peer
     */
    @Benchmark
    public Peer hamsterRapidhash() {
        return rapidhash.pickPeer(key());
    }

    /**
     * CRC32 and a {@code TreeMap}, without liveness or statistics.
     *
     * @return the peer
     */
    @Benchmark
    public Peer crc32TreeMap() {
        CRC32 crc = new CRC32();
        crc.update(key().getBytes(StandardCharsets.UTF_8));
        return treeMap.owner(crc.getValue());
    }
}
