package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Placements published by libketama itself, with weights, and by a client that agrees with it, without. */
class KetamaVectorTests {

    private static final String PUBLISHED_MD5 = "5672b131391f5aa2b280936aec1eea74";

    /**
     * Last.fm's own check, {@code libketama/test.sh} in github.com/RJ/ketama: the MD5 of a million placements with the
     * servers of its {@code ketama.servers}.
     */
    @Test
    void placesAMillionKeysAsLibketamaDoes() throws Exception {
        HashRing ring = HashRing.of(
                RingProfile.ketama(),
                List.of(
                        server("10.0.1.1:11211", 600),
                        server("10.0.1.2:11211", 300),
                        server("10.0.1.3:11211", 200),
                        server("10.0.1.4:11211", 350),
                        server("10.0.1.5:11211", 1000),
                        server("10.0.1.6:11211", 800),
                        server("10.0.1.7:11211", 950),
                        server("10.0.1.8:11211", 100)));
        List<VirtualNode> nodes = ring.nodes();
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        // ketama_test.c prints an empty error, then the key's hash, the point and the server, a line each.
        md5.update((byte) '\n');
        for (int key = 0; key < 1_000_000; key++) {
            long hash = ring.hash(Integer.toString(key));
            VirtualNode node = nodes.get(ring.slot(hash));
            assertThat(ring.ownerOf(hash)).isSameAs(node.peer());
            String line = hash + " " + node.hash() + " " + node.peer().id() + "\n";
            md5.update(line.getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(HexFormat.of().formatHex(md5.digest())).isEqualTo(PUBLISHED_MD5);
    }

    /** {@code testLibKetamaCompatTwo} of {@code KetamaNodeLocatorTest} in github.com/dustin/java-memcached-client. */
    @Test
    void placesUnweightedKeysAsSpymemcachedDoes() {
        HashRing ring = HashRing.of(
                RingProfile.ketama(),
                IntStream.rangeClosed(1, 8)
                        .mapToObj(i -> server("10.0.1." + i + ":11211", Peer.DEFAULT_WEIGHT))
                        .toList());
        // Its first 78 keys are the multiples of 233; of each owner the address's last number.
        String owners = "173162165373612384434742232755154255122163251552538227538636682371413355414762";

        for (int i = 0; i < owners.length(); i++) {
            assertThat(ring.owner(Integer.toString(233 * i)).id())
                    .as("key %d", 233 * i)
                    .isEqualTo("10.0.1." + owners.charAt(i) + ":11211");
        }
    }

    /** {@code testLookups}, {@code testContinuumWrapping} and {@code testLibKetamaCompat} of the same. */
    @ParameterizedTest
    @CsvSource({
        "4, dustin, 0",
        "4, noelani, 2",
        "4, some other key, 0",
        "4, V5XS8C8N, 3",
        "4, 8KR2DKR2, 3",
        "4, L9KH6X4X, 3",
        "5, some other key, 4",
        "5, 36, 2",
        "5, 10037, 3",
        "5, 22051, 1",
        "5, 49044, 4"
    })
    void placesFewServersAsSpymemcachedDoes(int servers, String key, int owner) {
        HashRing ring = HashRing.of(
                RingProfile.ketama(),
                IntStream.range(0, servers)
                        .mapToObj(i -> server("127.0.0.1:" + (10_000 + i), Peer.DEFAULT_WEIGHT))
                        .toList());

        assertThat(ring.owner(key).id()).isEqualTo("127.0.0.1:" + (10_000 + owner));
        assertThat(ring.virtualNodes()).isEqualTo(160 * servers);
    }

    private static Peer server(String address, int memory) {
        return new Peer(address, address, memory);
    }
}
