package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashRingTests {

    @ParameterizedTest
    @CsvSource({"100, 150", "50, 75", "200, 300", "1, 2", "0, 0"})
    void pointsFollowTheWeight(int weight, int points) {
        HashRing ring = HashRing.of(RingProfile.hamster(), List.of(new Peer("a", "a", weight)));

        assertThat(ring.virtualNodes()).isEqualTo(points);
        assertThat(ring.isEmpty()).isEqualTo(points == 0);
    }

    @Test
    void countsThePlacesOfEachPeerAndShowsThatOfAKey() {
        for (RingProfile profile : List.of(RingProfile.hamster(), RingProfile.maglev())) {
            HashRing ring = HashRing.of(
                    profile, List.of(new Peer("a", "a:1", 200), new Peer("b", "b:1"), new Peer("c", "c:1", 0)));

            assertThat(ring.virtualNodesById()).containsOnlyKeys("a", "b", "c").containsEntry("c", 0);
            assertThat(ring.virtualNodesById().values().stream()
                            .mapToInt(count -> count)
                            .sum())
                    .isEqualTo(ring.virtualNodes());
            for (int i = 0; i < 100; i++) {
                String key = "key-" + i;
                assertThat(ring.nodeOf(key).peer()).isEqualTo(ring.owner(key));
                assertThat(ring.nodes()).contains(ring.nodeOf(key));
            }
        }
    }

    @Test
    void aSmallWeightHasAPointAtLeast() {
        RingProfile one = RingProfile.hamster(StandardHash.CRC32, Replicas.of(1));

        assertThat(HashRing.of(one, List.of(new Peer("a", "a", 1))).virtualNodes())
                .isEqualTo(1);
    }

    @Test
    void aPeerWithoutWeightOwnsNothing() {
        HashRing ring = HashRing.of(RingProfile.hamster(), List.of(new Peer("a", "a"), new Peer("b", "b", 0)));

        assertThat(ring.owners("key", 2)).extracting(Peer::id).containsExactly("a");
        assertThat(ring.peers()).hasSize(2);
        assertThat(ring.balance().shares()).containsEntry("b", 0.0).containsEntry("a", 1.0);
    }

    @Test
    void refusesTwoPeersWithOneId() {
        List<Peer> twins = List.of(new Peer("a", "x"), new Peer("b", "y"), new Peer("a", "z"));
        HashRing ring = HashRing.of(RingProfile.hamster(), List.of());

        assertThatExceptionOfType(InvalidPeerException.class)
                .isThrownBy(() -> HashRing.of(RingProfile.hamster(), twins))
                .withMessageContaining("'a'");
        assertThatExceptionOfType(InvalidPeerException.class).isThrownBy(() -> ring.with(twins));
    }

    @Test
    void addingAPeerAgainReplacesIt() {
        HashRing ring = HashRing.of(RingProfile.hamster(), List.of(new Peer("a", "old"), new Peer("b", "b")));

        HashRing changed = ring.with(List.of(new Peer("a", "new", 200)));

        assertThat(changed.peer("a"))
                .hasValueSatisfying(peer -> assertThat(peer.address()).isEqualTo("new"));
        assertThat(changed.virtualNodes()).isEqualTo(450);
        assertThat(ring.virtualNodes()).as("the old ring is as it was").isEqualTo(300);
    }

    @Test
    void findsPeersById() {
        HashRing ring =
                HashRing.of(RingProfile.hamster(), List.of(new Peer("b", "b"), new Peer("a", "a"), new Peer("c", "c")));

        assertThat(ring.peers()).extracting(Peer::id).containsExactly("a", "b", "c");
        assertThat(ring.peer("b")).contains(new Peer("b", "anything"));
        assertThat(ring.peer("x")).isEmpty();
        assertThat(ring.peer("")).isEmpty();
    }

    @Test
    void aHugeWeightIsRefusedInsteadOfFillingTheHeap() {
        List<Peer> typo = List.of(new Peer("a", "a", 1_000_000), new Peer("b", "b", 1_000_000));
        RingProfile most = RingProfile.hamster(StandardHash.CRC32, Replicas.of(1000));

        assertThatExceptionOfType(InvalidPeerException.class)
                .isThrownBy(() -> HashRing.of(most, typo))
                .withMessageContaining("8388608");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_001})
    void refusesAWeightOutOfRange(int weight) {
        assertThatExceptionOfType(InvalidPeerException.class)
                .isThrownBy(() -> new Peer("a", "b", weight))
                .withMessageContaining("'a'")
                .withMessageContaining(Integer.toString(weight));
    }

    @Test
    void refusesABlankIdOrAddress() {
        assertThatExceptionOfType(InvalidPeerException.class)
                .isThrownBy(() -> new Peer(" ", "10.0.0.1:80"))
                .withMessageContaining("10.0.0.1:80");
        assertThatExceptionOfType(InvalidPeerException.class)
                .isThrownBy(() -> new Peer("a", ""))
                .withMessageContaining("'a'");
    }

    @ParameterizedTest
    @CsvSource({"1, 300", "3, 300", "4, 150", "10, 150", "11, 100"})
    void autoFollowsTheNumberOfPeers(int peers, int replicas) {
        HashRing ring = HashRing.of(RingProfile.hamster(StandardHash.CRC32, Replicas.parse("auto")), peers(peers));

        assertThat(ring.replicas()).isEqualTo(replicas);
        assertThat(ring.virtualNodes()).isEqualTo(peers * replicas);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "1001", "many", "", "1.5"})
    void refusesReplicasOutOfRange(String replicas) {
        assertThatExceptionOfType(InvalidReplicasException.class)
                .isThrownBy(() -> Replicas.parse(replicas))
                .withMessageContaining("1 to 1000")
                .withMessageContaining(replicas);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 65536, 5_000_012})
    void maglevRefusesATableThatIsNotPrimeOrOutOfRange(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RingProfile.maglev(StandardHash.XXH64, size))
                .withMessageContaining(Integer.toString(size));
    }

    @Test
    void maglevMovesFewKeysOfOthers() {
        HashRing before = HashRing.of(RingProfile.maglev(), peers(20));
        HashRing after = before.without(List.of("peer-7"));

        List<VirtualNode> nodes = before.nodes();
        long moved = IntStream.range(0, nodes.size())
                .filter(i -> !nodes.get(i).peer().id().equals("peer-7"))
                .filter(i -> !nodes.get(i).peer().equals(after.ownerOf(i)))
                .count();
        assertThat(moved).isLessThan(nodes.size() / 20);
        assertThat(after.balance().imbalance()).isLessThan(0.001);
    }

    @Test
    void maglevSharesAreInProportionToWeights() {
        HashRing ring = HashRing.of(
                RingProfile.maglev(),
                List.of(
                        new Peer("a", "a", 100),
                        new Peer("b", "b", 200),
                        new Peer("c", "c", 0),
                        new Peer("d", "d", 7)));

        assertThat(ring.balance().shares().get("a")).isCloseTo(100 / 307.0, within(0.001));
        assertThat(ring.balance().shares().get("b")).isCloseTo(200 / 307.0, within(0.001));
        assertThat(ring.balance().shares().get("d")).isCloseTo(7 / 307.0, within(0.001));
        assertThat(ring.balance().shares().get("c")).isZero();
    }

    /** Theory: for n peers with v points each, the coefficient of variation of shares is about 1/sqrt(v): .082. */
    @ParameterizedTest
    @EnumSource
    void arcsVaryHardlyMoreThanTheoryHasIt(StandardHash function) {
        RingProfile profile = RingProfile.hamster(function, Replicas.of(150));
        List<Double> variations = new ArrayList<>();
        for (int cluster = 0; cluster < 50; cluster++) {
            String name = "cluster" + cluster;
            List<Peer> peers = IntStream.range(0, 100)
                    .mapToObj(i -> new Peer(name + "-" + i, "10.0.0." + i))
                    .toList();
            variations.add(HashRing.of(profile, peers).balance().imbalance());
        }

        double mean = variations.stream().mapToDouble(cv -> cv).average().orElseThrow();
        assertThat(mean).isBetween(0.07, 0.09);
    }

    @Test
    void balanceOfAnEvenAndOfAnUnevenRing() {
        HashFunction decimal = HashFunction.of32(text -> Integer.parseInt(text) << 28);
        // Points at 0 and 8 sixteenths of the circle, then at 0 and 4.
        HashRing even = HashRing.of(RingProfile.groupcache(decimal, Replicas.of(1)), List.of(peer("0"), peer("8")));
        HashRing uneven = HashRing.of(RingProfile.groupcache(decimal, Replicas.of(1)), List.of(peer("0"), peer("4")));

        assertThat(even.balance().shares()).containsEntry("0", 0.5).containsEntry("8", 0.5);
        assertThat(even.balance().imbalance()).isZero();
        assertThat(even.balance().loadBalance()).isEqualTo(1);
        assertThat(even.balance().peakToMean()).isEqualTo(1);
        assertThat(uneven.balance().shares()).containsEntry("0", 0.75).containsEntry("4", 0.25);
        assertThat(uneven.balance().imbalance()).isCloseTo(0.5, within(1e-12));
        assertThat(uneven.balance().loadBalance()).isCloseTo(0.5, within(1e-12));
        assertThat(uneven.balance().peakToMean()).isCloseTo(1.5, within(1e-12));
    }

    @Test
    void balanceAllowsForWeights() {
        HashRing ring = HashRing.of(RingProfile.maglev(), List.of(new Peer("a", "a", 10), new Peer("b", "b", 1000)));

        assertThat(ring.balance().imbalance()).isLessThan(0.01);
    }

    /** A share of k of n points is beta distributed; three of its standard deviations. */
    @Test
    void sharesAreWithinThreeStandardDeviationsOfTheWeights() {
        int[] weights = {25, 50, 100, 100, 200, 400};
        for (int cluster = 0; cluster < 20; cluster++) {
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < weights.length; i++) {
                peers.add(new Peer("c" + cluster + "-" + i, "a", weights[i]));
            }
            HashRing ring = HashRing.of(RingProfile.hamster(), peers);
            double points = ring.virtualNodes();
            for (Peer peer : peers) {
                double expected = peer.weight() / 875.0;
                double sigma = Math.sqrt(expected * (1 - expected) / (points + 1));
                assertThat(ring.balance().shares().get(peer.id()))
                        .as(peer.toString())
                        .isCloseTo(expected, within(3 * sigma));
            }
        }
    }

    @Test
    void keysFallWhereSharesSay() {
        HashRing ring = HashRing.of(RingProfile.hamster(), peers(5));
        int keys = 100_000;
        int[] counts = new int[5];
        for (int i = 0; i < keys; i++) {
            counts[ring.peers().indexOf(ring.owner("user:" + i))]++;
        }

        for (int i = 0; i < 5; i++) {
            double share = ring.balance().shares().get(ring.peers().get(i).id());
            assertThat(counts[i] / (double) keys).isCloseTo(share, within(5 * Math.sqrt(share * (1 - share) / keys)));
        }
    }

    private static List<Peer> peers(int count) {
        return IntStream.range(0, count).mapToObj(i -> peer("peer-" + i)).toList();
    }

    private static Peer peer(String id) {
        return new Peer(id, id);
    }
}
