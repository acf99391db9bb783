package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Last.fm's own check, {@code libketama/test.sh} in github.com/RJ/ketama: the MD5 of a million placements with the
 * servers of its {@code ketama.servers}.
 */
class KetamaVectorTests {

    private static final String PUBLISHED_MD5 = "5672b131391f5aa2b280936aec1eea74";

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
            String line = (hash & 0xffff_ffffL) + " " + node.hash() + " "
                    + node.peer().id() + "\n";
            md5.update(line.getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(HexFormat.of().formatHex(md5.digest())).isEqualTo(PUBLISHED_MD5);
    }

    private static Peer server(String address, int memory) {
        return new Peer(address, address, memory);
    }
}
