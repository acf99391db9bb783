package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Placements published by groupcache, by the Maglev paper, and by the Go library that Hamster takes after. */
class OtherRingVectorTests {

    private static final Map<String, String> BEFORE = Map.of("2", "2", "11", "2", "23", "4", "27", "2");

    /** {@code TestHashing} of {@code consistenthash_test.go} in github.com/golang/groupcache. */
    @Test
    void groupcacheTestHashing() {
        HashFunction atoi = HashFunction.of32(Integer::parseInt);
        HashRing ring = HashRing.of(RingProfile.groupcache(atoi, Replicas.of(3)), peers("6", "4", "2"));
        BEFORE.forEach((key, owner) -> assertThat(ring.owner(key).id()).isEqualTo(owner));

        HashRing after = ring.with(peers("8"));

        BEFORE.forEach((key, owner) -> assertThat(after.owner(key).id()).isEqualTo(key.equals("27") ? "8" : owner));
        assertThat(after.nodes())
                .extracting(VirtualNode::hash)
                .containsExactly(2L, 4L, 6L, 8L, 12L, 14L, 16L, 18L, 22L, 24L, 26L, 28L);
    }

    /** {@code TestConsistency} of the same. */
    @Test
    void groupcacheTestConsistency() {
        RingProfile profile = RingProfile.groupcache(StandardHash.CRC32, Replicas.of(1));

        assertThat(HashRing.of(profile, peers("Bill", "Bob", "Bonny")).owner("Ben"))
                .isEqualTo(HashRing.of(profile, peers("Bob", "Bonny", "Bill")).owner("Ben"));
    }

    /** Table 1 of "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016: with B1 and after it left. */
    @Test
    void maglevPaperTable1() {
        assertThat(MaglevTable.fill(
                        new long[] {3, 0, 3}, new long[] {4, 2, 1}, new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, 7))
                .containsExactly(1, 0, 1, 0, 2, 2, 0);
        assertThat(MaglevTable.fill(new long[] {3, 3}, new long[] {4, 1}, new double[] {.5, .5}, 7))
                .as("B0 and B2, here 0 and 1")
                .containsExactly(0, 0, 0, 0, 1, 1, 1);
    }

    /**
     * What {@code consistent_hash_test.go} in github.com/justinwongcn/hamster states: the number of virtual nodes. It
     * publishes no placements, so those are compared with its rule: CRC-32 of {@code id#i}, ceiling, wrap.
     */
    @Test
    void goHamster() {
        List<Peer> peers = peers("peer1", "peer2", "peer3");
        HashRing ring = HashRing.of(RingProfile.goHamster(StandardHash.CRC32, Replicas.of(10)), peers);
        TreeMap<Long, String> rule = new TreeMap<>();
        for (Peer peer : peers) {
            IntStream.range(0, 10).forEach(i -> rule.put(crc(peer.id() + "#" + i), peer.id()));
        }

        assertThat(ring.virtualNodes()).isEqualTo(30);
        assertThat(rule).hasSize(30);
        for (int i = 0; i < 10_000; i++) {
            String key = "key_" + i;
            Map.Entry<Long, String> ceiling = rule.ceilingEntry(crc(key));
            assertThat(ring.owner(key).id()).isEqualTo((ceiling == null ? rule.firstEntry() : ceiling).getValue());
        }
        assertThat(ring.owners("test_key3", 10)).hasSize(3);
        assertThat(ring.owners("test_key4", 0)).isEmpty();
    }

    /** {@code TestConsistentHashMap_EmptyMap} of the same. */
    @Test
    void goHamsterEmpty() {
        HashRing empty = HashRing.of(RingProfile.goHamster(), List.of());

        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> empty.owner("any_key"));
        assertThat(empty.isEmpty()).isTrue();
        assertThat(empty.peers()).isEmpty();
    }

    private static long crc(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    private static List<Peer> peers(String... ids) {
        return Stream.of(ids).map(id -> new Peer(id, id)).toList();
    }
}
