package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Properties that hold for every ring, each over 1000 random clusters to which it applies; a failure names the seed of
 * its cluster.
 */
class HashRingPropertyTests {

    private static final int CLUSTERS = 1000;
    private static final int KEYS = 200;

    /** By going over all nodes, as the simplest way to find it. */
    @Test
    void aSliceBelongsToTheFirstNodeAfterItsMiddle() {
        for (int seed = 0; seed < CLUSTERS; seed++) {
            Random random = new Random(seed);
            RingProfile profile = Clusters.profile(random);
            HashRing ring = HashRing.of(profile, Clusters.peers(random, 1 + random.nextInt(12)));
            if (ring.isEmpty()) {
                continue;
            }
            int count = 1 + random.nextInt(600);
            List<VirtualNode> nodes = ring.nodes();
            List<Peer> expected = new ArrayList<>();
            int node = 0;
            for (int slice = 0; slice < count; slice++) {
                while (node < nodes.size() && nodes.get(node).position() < (slice + 0.5) / count) {
                    node++;
                }
                expected.add(nodes.get(node % nodes.size()).peer());
            }
            assertThat(ring.slices(count)).as("seed %d, %s", seed, profile).isEqualTo(expected);
        }
    }

    @Test
    void lookupsFindWhatASearchOfAllPointsFinds() {
        int checked = 0;
        for (int seed = 0; checked < CLUSTERS; seed++) {
            Random random = new Random(seed);
            RingProfile profile = Clusters.profile(random);
            HashRing ring = HashRing.of(profile, Clusters.peers(random, 1 + random.nextInt(30)));
            if (ring.isEmpty() || !(profile instanceof PointProfile points)) {
                continue;
            }
            checked++;
            assertFindsWhatASearchFinds(ring, points, random, "seed " + seed);
        }
    }

    /** Beyond some 130,000 points, several share a slice of the table. */
    @ParameterizedTest
    @CsvSource({"XXH64, 150", "CRC32, 1000"})
    void lookupsOnLargeRingsDoToo(StandardHash function, int replicas) {
        List<Peer> peers = IntStream.range(0, 1000)
                .mapToObj(i -> new Peer("peer-" + i, "a"))
                .toList();
        PointProfile profile = (PointProfile) RingProfile.hamster(function, Replicas.of(replicas));
        HashRing ring = HashRing.of(profile, peers);

        assertThat(ring.virtualNodes()).isGreaterThan(1000 * replicas - 1000);
        assertFindsWhatASearchFinds(ring, profile, new Random(1), function + " of " + replicas);
    }

    /** For random hashes, and those at, just before and just after each point. */
    private static void assertFindsWhatASearchFinds(
            HashRing ring, PointProfile profile, Random random, String description) {
        TreeMap<Long, Peer> circle = circle(profile, ring.peers());
        for (long edge : List.of(0L, -1L, 0xffff_ffffL, Long.MIN_VALUE, Long.MAX_VALUE)) {
            assertOwner(ring, profile, circle, edge, description);
        }
        for (VirtualNode node : ring.nodes()) {
            assertOwner(ring, profile, circle, node.hash() - 1, description);
            assertOwner(ring, profile, circle, node.hash(), description);
            assertOwner(ring, profile, circle, node.hash() + 1, description);
            assertOwner(ring, profile, circle, random.nextLong(), description);
        }
    }

    private static void assertOwner(
            HashRing ring, PointProfile profile, TreeMap<Long, Peer> circle, long hash, String description) {
        Map.Entry<Long, Peer> next = circle.ceilingEntry(unsigned(profile, hash));
        Peer expected = (next == null ? circle.firstEntry() : next).getValue();
        if (ring.ownerOf(hash) != expected) {
            assertThat(ring.ownerOf(hash))
                    .as("%s, %s, hash %d", description, profile, hash)
                    .isSameAs(expected);
        }
    }

    @Test
    void historyDoesNotMatter() {
        for (int seed = 0; seed < CLUSTERS; seed++) {
            Random random = new Random(seed);
            RingProfile profile = Clusters.profile(random);
            List<Peer> all = Clusters.peers(random, 1 + random.nextInt(20));
            HashRing changed = HashRing.of(profile, all.subList(0, random.nextInt(all.size())));
            for (int step = 0; step < 5; step++) {
                changed = changed.with(sample(random, all)).without(Clusters.ids(sample(random, all)));
            }
            changed = changed.with(all);
            Collections.shuffle(all, random);

            HashRing built = HashRing.of(profile, all);
            assertSame(changed, built, random, "seed " + seed);
        }
    }

    /** Those that come to a ring of many are put into a copy of its table. */
    @Test
    void growthByFewDoesNotMatter() {
        for (int seed = 0; seed < CLUSTERS; seed++) {
            Random random = new Random(seed);
            RingProfile profile = seed % 4 == 0
                    ? RingProfile.hamster(Clusters.COLLIDING, Replicas.of(1 + random.nextInt(4)))
                    : Clusters.independent(random);
            List<Peer> all = Clusters.independent(profile, random, 60 + random.nextInt(20));
            int first = 50 + random.nextInt(10);
            HashRing grown = HashRing.of(profile, formerly(all.subList(0, first), random));
            for (int next = first; next < all.size(); next++) {
                int added = Math.min(random.nextInt(3), all.size() - 1 - next);
                List<Peer> change = new ArrayList<>(all.subList(next, next + added + 1));
                change.add(all.get(random.nextInt(next)));
                grown = grown.with(change);
                next += added;
            }
            grown = grown.with(all.subList(0, first));

            assertSame(grown, HashRing.of(profile, all), random, "seed " + seed);
        }
    }

    /** Peers that were elsewhere, and some with another weight, which may give them as many virtual nodes all the same. */
    private static List<Peer> formerly(List<Peer> peers, Random random) {
        return peers.stream()
                .map(peer -> new Peer(
                        peer.id(),
                        "elsewhere",
                        random.nextInt(20) == 0 && peer.weight() > 0 ? peer.weight() + 20 : peer.weight()))
                .toList();
    }

    private static void assertSame(HashRing changed, HashRing built, Random random, String description) {
        assertThat(changed.nodes()).as("%s, %s", description, built.profile()).isEqualTo(built.nodes());
        // Peers are equal if their ids are.
        assertThat(changed.peers()).hasToString(built.peers().toString());
        assertThat(changed.balance()).isEqualTo(built.balance());
        assertThat(changed.balance().shares().keySet())
                .containsExactlyElementsOf(built.balance().shares().keySet());
        assertThat(changed.virtualNodesById()).isEqualTo(built.virtualNodesById());
        assertThat(changed.replicas()).isEqualTo(built.replicas());
        for (Peer peer : built.peers()) {
            assertThat(changed.peer(peer.id())).get().isSameAs(peer);
        }
        for (VirtualNode node : built.nodes()) {
            for (long hash :
                    new long[] {node.hash() - 1, node.hash(), node.hash() + 1, random.nextLong(), random.nextInt()}) {
                if (changed.ownerOf(hash) != built.ownerOf(hash)) {
                    assertThat(changed.ownerOf(hash))
                            .as("%s, %s, hash %d", description, built.profile(), hash)
                            .isSameAs(built.ownerOf(hash));
                }
            }
        }
    }

    @Test
    void removingAPeerMovesItsKeysOnly() {
        int checked = 0;
        for (int seed = 0; checked < CLUSTERS; seed++) {
            Random random = new Random(seed);
            RingProfile profile = Clusters.independent(random);
            List<Peer> peers = Clusters.independent(profile, random, 2 + random.nextInt(20));
            HashRing before = HashRing.of(profile, peers);
            Peer leaving = peers.get(0);
            HashRing after = before.without(List.of(leaving.id()));
            if (after.isEmpty()) {
                continue;
            }
            checked++;
            for (int i = 0; i < KEYS; i++) {
                String key = "key" + i;
                Peer owner = before.owner(key);
                if (owner.equals(leaving)) {
                    assertThat(after.owner(key)).isEqualTo(before.owners(key, 2).get(1));
                } else {
                    assertThat(after.owner(key))
                            .as("seed %d, %s, key %s", seed, profile, key)
                            .isEqualTo(owner);
                }
            }
        }
    }

    @Test
    void addingAPeerMovesKeysToItOnly() {
        int checked = 0;
        for (int seed = 0; checked < CLUSTERS; seed++) {
            Random random = new Random(seed);
            RingProfile profile = Clusters.independent(random);
            List<Peer> peers = Clusters.independent(profile, random, 2 + random.nextInt(20));
            Peer joining = peers.remove(0);
            HashRing before = HashRing.of(profile, peers);
            if (before.isEmpty()) {
                continue;
            }
            checked++;
            HashRing after = before.with(List.of(joining));
            for (int i = 0; i < KEYS; i++) {
                String key = "key" + i;
                if (!after.owner(key).equals(joining)) {
                    assertThat(after.owner(key))
                            .as("seed %d, %s, key %s", seed, profile, key)
                            .isEqualTo(before.owner(key));
                }
            }
        }
    }

    @Test
    void successorsAreDistinctAndBeginWithTheOwner() {
        for (int seed = 0; seed < CLUSTERS; seed++) {
            Random random = new Random(seed);
            HashRing ring = HashRing.of(Clusters.profile(random), Clusters.peers(random, 1 + random.nextInt(20)));
            if (ring.isEmpty()) {
                assertThat(ring.owners("key", 3)).isEmpty();
                continue;
            }
            String key = "key" + random.nextInt();
            List<Peer> all = ring.owners(key, Integer.MAX_VALUE);
            assertThat(all).doesNotHaveDuplicates().startsWith(ring.owner(key));
            assertThat(new HashSet<>(all))
                    .isEqualTo(new HashSet<>(
                            ring.nodes().stream().map(VirtualNode::peer).toList()));
            int count = random.nextInt(all.size() + 1);
            assertThat(ring.owners(key, count)).isEqualTo(all.subList(0, count));
        }
    }

    @Test
    void sharesAreTheArcsAndSumToOne() {
        int checked = 0;
        for (int seed = 0; checked < CLUSTERS; seed++) {
            Random random = new Random(seed);
            RingProfile profile = Clusters.profile(random);
            HashRing ring = HashRing.of(profile, Clusters.peers(random, 1 + random.nextInt(20)));
            if (ring.isEmpty()) {
                continue;
            }
            checked++;
            Map<String, Double> shares = ring.balance().shares();
            assertThat(shares.values().stream().mapToDouble(share -> share).sum())
                    .as("seed %d, %s", seed, profile)
                    .isCloseTo(1, within(1e-9));
            if (profile instanceof PointProfile points) {
                Map<String, Double> arcs = arcs(points, ring);
                shares.forEach((id, share) -> assertThat(share).isCloseTo(arcs.getOrDefault(id, 0.0), within(1e-9)));
            }
            ring.peers().stream()
                    .filter(peer -> peer.weight() == 0)
                    .forEach(peer -> assertThat(shares.get(peer.id())).isZero());
        }
    }

    /**
     * A share of k of n points is beta distributed, nearly normal: 0.3 % are beyond three standard deviations. Twice that
     * leaves room for the longer tail of light peers.
     */
    @Test
    void sharesFollowTheWeights() {
        int shares = 0;
        int beyondThree = 0;
        for (int seed = 0; seed < CLUSTERS; seed++) {
            Random random = new Random(seed);
            List<Peer> peers = new ArrayList<>();
            for (int i = 2 + random.nextInt(9); i > 0; i--) {
                peers.add(new Peer("cluster-" + seed + "-" + i, "a", 20 + random.nextInt(380)));
            }
            HashRing ring = HashRing.of(RingProfile.hamster(), peers);
            double whole = peers.stream().mapToInt(Peer::weight).sum();
            for (Peer peer : peers) {
                double expected = peer.weight() / whole;
                double sigma = Math.sqrt(expected * (1 - expected) / (ring.virtualNodes() + 1));
                double share = ring.balance().shares().get(peer.id());
                assertThat(share).as("seed %d, %s", seed, peer).isCloseTo(expected, within(5.5 * sigma));
                shares++;
                beyondThree += Math.abs(share - expected) > 3 * sigma ? 1 : 0;
            }
        }
        assertThat(beyondThree).as("of %d", shares).isLessThan(shares / 150);
    }

    /** The circle as the specification has it: every point, the winner's where points collide. */
    private static TreeMap<Long, Peer> circle(PointProfile profile, List<Peer> sorted) {
        TreeMap<Long, Peer> circle = new TreeMap<>(Long::compareUnsigned);
        int[] counts = profile.pointCounts(sorted.toArray(Peer[]::new));
        for (int i = 0; i < counts.length; i++) {
            for (long point : profile.points(sorted.get(i), counts[i])) {
                if (profile.smallerIdWins()) {
                    circle.putIfAbsent(unsigned(profile, point), sorted.get(i));
                } else {
                    circle.put(unsigned(profile, point), sorted.get(i));
                }
            }
        }
        return circle;
    }

    private static Map<String, Double> arcs(PointProfile profile, HashRing ring) {
        TreeMap<Long, Peer> circle = circle(profile, ring.peers());
        double whole = Math.pow(2, profile.keyFunction().bits());
        Map<String, Double> arcs = new TreeMap<>();
        double previous = toDouble(circle.lastKey()) - whole;
        for (Map.Entry<Long, Peer> point : circle.entrySet()) {
            double here = toDouble(point.getKey());
            arcs.merge(point.getValue().id(), (here - previous) / whole, Double::sum);
            previous = here;
        }
        return arcs;
    }

    private static long unsigned(PointProfile profile, long hash) {
        return profile.keyFunction().bits() == Integer.SIZE ? hash & 0xffff_ffffL : hash;
    }

    private static double toDouble(long unsigned) {
        return (unsigned >>> 1) * 2.0 + (unsigned & 1);
    }

    private static List<Peer> sample(Random random, List<Peer> peers) {
        return peers.stream().filter(peer -> random.nextInt(3) == 0).toList();
    }
}
