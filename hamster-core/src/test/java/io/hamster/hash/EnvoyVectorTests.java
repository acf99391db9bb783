package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Rings and placements that Envoy's own tests state: {@code ring_hash_lb_test.cc} and {@code maglev_lb_test.cc} in
 * github.com/envoyproxy/envoy, each test here named after the one it was taken from.
 */
class EnvoyVectorTests {

    @Test
    void basic() {
        HashRing ring = HashRing.of(RingProfile.envoy(12, PointProfile.MAX_POINTS), hosts(90, 91, 92, 93, 94, 95));

        assertThat(ring.nodes())
                .extracting(node -> port(node.peer()) + " " + Long.toUnsignedString(node.hash()))
                .containsExactly(
                        "94 833437586790550860",
                        "92 928266305478181108",
                        "90 1033482794131418490",
                        "95 3551244743356806947",
                        "93 3851675632748031481",
                        "91 5583722120771150861",
                        "91 6311230543546372928",
                        "93 7700377290971790572",
                        "95 13144177310400110813",
                        "92 13444792449719432967",
                        "94 15516499411664133160",
                        "90 16117243373044804889");
        assertThat(port(ring.ownerOf(0))).isEqualTo(94);
        assertThat(port(ring.ownerOf(-1L))).isEqualTo(94);
        assertThat(port(ring.ownerOf(3551244743356806947L))).isEqualTo(95);
        assertThat(port(ring.ownerOf(3551244743356806948L))).isEqualTo(93);
        assertThat(port(ring.ownerOf(Long.parseUnsignedLong("16117243373044804880"))))
                .isEqualTo(90);
    }

    @Test
    void basicWithHostname() {
        List<Peer> named = List.of(
                new Peer("90", "127.0.0.1:90"),
                new Peer("91", "127.0.0.1:91"),
                new Peer("92", "127.0.0.1:92"),
                new Peer("93", "127.0.0.1:93"),
                new Peer("94", "127.0.0.1:94"),
                new Peer("95", "127.0.0.1:95"));
        HashRing ring = HashRing.of(RingProfile.envoy(12, PointProfile.MAX_POINTS), named);

        assertThat(ring.nodes())
                .extracting(node -> node.peer().id() + " " + Long.toUnsignedString(node.hash()))
                .containsExactly(
                        "95 1975508444536362413",
                        "95 2376063919839173711",
                        "93 2386806903309390596",
                        "94 6749904478991551885",
                        "93 6803900775736438537",
                        "92 7225015537174310577",
                        "90 8787465352164086522",
                        "92 11282020843382717940",
                        "91 13723418369486627818",
                        "90 13776502110861797421",
                        "91 14338313586354474791",
                        "94 15364271037087512980");
    }

    @Test
    void unevenHosts() {
        HashRing ring = HashRing.of(RingProfile.envoy(3, PointProfile.MAX_POINTS), hosts(80, 81));

        assertThat(ring.nodes())
                .extracting(node -> port(node.peer()) + " " + Long.toUnsignedString(node.hash()))
                .containsExactly(
                        "80 5454692015285649509",
                        "81 7859399908942313493",
                        "80 13838424394637650569",
                        "81 16064866803292627174");
    }

    @Test
    void hostWeightedTinyRing() {
        HashRing ring = HashRing.of(RingProfile.envoy(6, 6), List.of(host(90, 1), host(91, 2), host(92, 3)));

        assertThat(ring.virtualNodes()).isEqualTo(6);
        Map.of(
                        "928266305478181108", 92,
                        "4443673547860492590", 92,
                        "5583722120771150861", 91,
                        "6311230543546372928", 91,
                        "13444792449719432967", 92,
                        "16117243373044804889", 90)
                .forEach((hash, port) -> assertThat(port(ring.ownerOf(Long.parseUnsignedLong(hash))))
                        .isEqualTo(port));
    }

    @Test
    void hostWeightedLargeRing() {
        HashRing ring = HashRing.of(
                RingProfile.envoy(6144, PointProfile.MAX_POINTS), List.of(host(90, 1), host(91, 2), host(92, 3)));

        assertThat(ring.virtualNodes()).isEqualTo(6144);
        assertThat(histogram(ring, 6000, 90, 3)).containsExactly(987, 1932, 3081);
    }

    @Test
    void smallFractionalScale() {
        HashRing ring = HashRing.of(RingProfile.envoy(2, 2), hosts(90, 91, 92, 93));

        assertThat(ring.virtualNodes()).isEqualTo(2);
        assertThat(ring.balance().shares().values().stream().filter(share -> share == 0))
                .hasSize(2);
    }

    @Test
    void largeFractionalScale() {
        HashRing ring = HashRing.of(RingProfile.envoy(1023, 1023), hosts(90, 91));

        assertThat(ring.virtualNodes()).isEqualTo(1023);
        assertThat(histogram(ring, 1023, 90, 2)).containsExactly(526, 497);
    }

    /** Envoy rounds each host's part up, too. */
    @Test
    void ringOneAboveTheMaximum() {
        List<Peer> hosts = new ArrayList<>(List.of(host(80, 1)));
        for (int port = 81; port <= 93; port++) {
            hosts.add(host(port, 1_000_000));
        }

        HashRing ring = HashRing.of(RingProfile.envoy(), hosts);

        assertThat(ring.virtualNodes()).isEqualTo(PointProfile.MAX_POINTS + 1);
    }

    @Test
    void badRingSizeBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RingProfile.envoy(20, 10))
                .withMessageContaining("20 and 10");
    }

    @Test
    void maglevBasic() {
        HashRing ring = HashRing.of(RingProfile.maglev(StandardHash.XXH64, 7), hosts(90, 91, 92, 93, 94, 95));

        assertThat(ports(ring)).containsExactly(92, 94, 90, 91, 95, 90, 93);
        for (int hash = 0; hash < 21; hash++) {
            assertThat(ring.ownerOf(hash)).isSameAs(ring.nodes().get(hash % 7).peer());
        }
    }

    @Test
    void maglevBasicWithHostName() {
        List<Peer> named = List.of(
                new Peer("90", "a"),
                new Peer("91", "a"),
                new Peer("92", "a"),
                new Peer("93", "a"),
                new Peer("94", "a"),
                new Peer("95", "a"));
        HashRing ring = HashRing.of(RingProfile.maglev(StandardHash.XXH64, 7), named);

        assertThat(ring.nodes())
                .extracting(node -> node.peer().id())
                .containsExactly("92", "95", "90", "93", "94", "91", "90");
    }

    @Test
    void maglevWeighted() {
        HashRing ring = HashRing.of(RingProfile.maglev(StandardHash.XXH64, 17), List.of(host(90, 1), host(91, 2)));

        assertThat(ports(ring)).containsExactly(91, 90, 90, 91, 90, 91, 91, 90, 91, 91, 91, 91, 91, 90, 91, 90, 91);
    }

    private static int[] histogram(HashRing ring, int hashes, int firstPort, int ports) {
        int[] counts = new int[ports];
        long step = Long.divideUnsigned(-1L, hashes);
        for (int i = 0; i < hashes; i++) {
            counts[port(ring.ownerOf(i * step)) - firstPort]++;
        }
        return counts;
    }

    private static List<Peer> hosts(int... ports) {
        List<Peer> hosts = new ArrayList<>();
        for (int port : ports) {
            hosts.add(host(port, 1));
        }
        return hosts;
    }

    private static Peer host(int port, int weight) {
        return new Peer("127.0.0.1:" + port, "127.0.0.1:" + port, weight);
    }

    private static List<Integer> ports(HashRing ring) {
        return ring.nodes().stream().map(node -> port(node.peer())).toList();
    }

    private static int port(Peer peer) {
        return Integer.parseInt(peer.id().substring(peer.id().indexOf(':') + 1));
    }
}
