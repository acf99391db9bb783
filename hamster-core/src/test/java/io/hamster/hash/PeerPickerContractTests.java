package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hamster.InvalidKeyException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link PeerPicker} does. */
public abstract class PeerPickerContractTests {

    private static final int KEYS = 500;

    /** A picker with five alternatives, one required peer, and these peers. */
    protected abstract PeerPicker picker(List<Peer> peers);

    @Test
    void picksTheSamePeerForTheSameKey() {
        PeerPicker picker = picker(peers(5));

        for (int i = 0; i < KEYS; i++) {
            assertThat(picker.pickPeer("key" + i)).isEqualTo(picker.pickPeer("key" + i));
        }
        assertThat(IntStream.range(0, KEYS)
                        .mapToObj(i -> picker.pickPeer("key" + i))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(peers(5));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = "x")
    void refusesKeysThatAreNullEmptyOrTooLong(String key) {
        PeerPicker picker = picker(peers(2));
        String refused = "x".equals(key) ? key.repeat(501) : key;

        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> picker.pickPeer(refused))
                .withMessageContaining("500");
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> picker.pickPeers(refused, 1));
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> picker.acquire(refused));
    }

    @Test
    void takesKeysOfFiveHundredCharacters() {
        assertThat(picker(peers(1)).pickPeer("é".repeat(500))).isEqualTo(peer(0));
    }

    @Test
    void withoutPeersThereIsNoneToPick() {
        PeerPicker picker = picker(List.of());

        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.pickPeer("key"))
                .withMessageContaining("no peers");
        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> picker.pickPeers("key", 2));
        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> picker.acquire("key"));
        assertThat(picker.peerCount()).isZero();
        assertThat(picker.health().status()).isEqualTo(PickerHealth.Status.UNKNOWN);
    }

    @Test
    void withoutWeightsThereIsNoneToPick() {
        PeerPicker picker = picker(List.of(new Peer("a", "a", 0)));

        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.pickPeer("key"))
                .withMessageContaining("weight");
        assertThat(picker.health().status()).isEqualTo(PickerHealth.Status.UNHEALTHY);
    }

    @Test
    void aDeadOwnersKeysGoToTheNextPeerAndComeBack() {
        PeerPicker picker = picker(peers(4));
        for (int i = 0; i < 20; i++) {
            String key = "key" + i;
            List<Peer> order = picker.pickPeers(key, 4);
            Peer owner = picker.pickPeer(key);
            assertThat(order).startsWith(owner);

            picker.updatePeerStatus(owner.id(), false);
            assertThat(picker.pickPeer(key)).isEqualTo(order.get(1));
            picker.updatePeerStatus(order.get(1).id(), false);
            assertThat(picker.pickPeer(key)).isEqualTo(order.get(2));

            picker.updatePeerStatus(order.get(1).id(), true);
            picker.updatePeerStatus(owner.id(), true);
            assertThat(picker.pickPeer(key)).isEqualTo(owner);
        }
    }

    @Test
    void otherPeersKeysStayWhenOneDies() {
        PeerPicker picker = picker(peers(4));
        List<Peer> before = IntStream.range(0, KEYS)
                .mapToObj(i -> picker.pickPeer("key" + i))
                .toList();
        picker.updatePeerStatus("peer-2", false);

        for (int i = 0; i < KEYS; i++) {
            if (before.get(i).equals(peer(2))) {
                assertThat(picker.pickPeer("key" + i)).isNotEqualTo(peer(2));
            } else {
                assertThat(picker.pickPeer("key" + i)).isEqualTo(before.get(i));
            }
        }
    }

    @Test
    void givesUpAfterFiveAlternatives() {
        PeerPicker picker = picker(peers(10));
        List<Peer> order = picker.pickPeers("key", 10);
        order.subList(0, 6).forEach(peer -> picker.updatePeerStatus(peer.id(), false));

        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.pickPeer("key"))
                .withMessageContaining("6 peers tried")
                .withMessageContaining("4 of all 10");
        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.acquire("key"))
                .withMessageContaining("6 peers tried")
                .withMessageContaining("4 of all 10");
        assertThat(picker.pickPeers("key", 2)).isEqualTo(order.subList(6, 8));

        picker.updatePeerStatus(order.get(5).id(), true);
        assertThat(picker.pickPeer("key")).isEqualTo(order.get(5));
        try (PeerHandle handle = picker.acquire("key")) {
            assertThat(handle.peer()).isEqualTo(order.get(5));
        }
    }

    @Test
    void severalPeersAreDistinctAndDeadOnesAreMadeUpFor() {
        PeerPicker picker = picker(peers(6));
        List<Peer> order = picker.pickPeers("key", 6);
        assertThat(order).doesNotHaveDuplicates().hasSize(6);
        picker.updatePeerStatus(order.get(0).id(), false);
        picker.updatePeerStatus(order.get(2).id(), false);

        assertThat(picker.pickPeers("key", 3)).containsExactly(order.get(1), order.get(3), order.get(4));
        assertThat(picker.pickPeers("key", 6))
                .as("fewer are alive than asked for")
                .containsExactly(order.get(1), order.get(3), order.get(4), order.get(5));
        assertThat(picker.pickPeers("key", 0)).isEmpty();
    }

    @Test
    void severalPeersOfNoneAliveFails() {
        PeerPicker picker = picker(peers(3));
        peers(3).forEach(peer -> picker.updatePeerStatus(peer.id(), false));

        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.pickPeers("key", 2))
                .withMessageContaining("0 of all 3");
        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> picker.pickPeer("key"));
        assertThatExceptionOfType(NoPeersAvailableException.class).isThrownBy(() -> picker.acquire("key"));
    }

    @Test
    void refusesANegativeCount() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> picker(peers(1)).pickPeers("key", -1))
                .withMessageContaining("-1");
    }

    @Test
    void addsAndRemovesPeers() {
        PeerPicker picker = picker(peers(2));
        picker.addPeers(peer(2), peer(3));
        picker.removePeers("peer-0", "unknown");

        assertThat(picker.peers()).containsExactly(peer(1), peer(2), peer(3));
        assertThat(picker.peerCount()).isEqualTo(3);
        assertThat(picker.alivePeerCount()).isEqualTo(3);
        assertThat(picker.peer("peer-2")).contains(peer(2));
        assertThat(picker.peer("peer-0")).isEmpty();
    }

    /** One whose id comes before all others, and one that comes in between. */
    @Test
    void peersThatComeLaterChangeNothingOfTheOthers() {
        PeerPicker picker = picker(peers(20));
        picker.updatePeerStatus("peer-5", false);
        Peer picked = picker.pickPeer("key");
        Peer running = picker.acquire("another key").peer();

        picker.addPeers(new Peer("a", "a"));
        picker.addPeers(new Peer("peer-11a", "b"));

        assertThat(picker.peers()).hasSize(22).isSortedAccordingTo(Comparator.comparing(Peer::id));
        List<PickerStats.PeerStats> stats = picker.stats().perPeer();
        assertThat(stats).extracting(PickerStats.PeerStats::peer).isEqualTo(picker.peers());
        HashRing ring = HashRing.of(picker.currentRing().orElseThrow().profile(), picker.peers());
        assertThat(stats).allSatisfy(each -> {
            Peer peer = each.peer();
            assertThat(each.alive()).isEqualTo(!peer.id().equals("peer-5"));
            assertThat(each.picks()).isEqualTo((peer.equals(picked) ? 1 : 0) + (peer.equals(running) ? 1 : 0));
            assertThat(each.inFlight()).isEqualTo(peer.equals(running) ? 1 : 0);
            assertThat(each.share()).isEqualTo(ring.balance().shares().get(peer.id()));
        });
    }

    @Test
    void addsNothingWhenTwoPeersHaveOneId() {
        PeerPicker picker = picker(peers(1));

        assertThatExceptionOfType(InvalidPeerException.class)
                .isThrownBy(() -> picker.addPeers(peer(5), peer(6), new Peer("peer-5", "elsewhere")));
        assertThat(picker.peers()).containsExactly(peer(0));
    }

    @Test
    void aReplacedPeerKeepsItsStatusAndCounts() {
        PeerPicker picker = picker(peers(1));
        picker.pickPeer("key");
        PeerHandle running = picker.acquire("key");
        picker.updatePeerStatus("peer-0", false);
        picker.addPeers(new Peer("peer-0", "elsewhere", 200));

        assertThat(picker.alivePeerCount()).isZero();
        PickerStats.PeerStats stats = picker.stats().perPeer().get(0);
        assertThat(stats.peer().address()).isEqualTo("elsewhere");
        assertThat(stats.picks()).isEqualTo(2);
        assertThat(stats.inFlight()).isEqualTo(1);
        running.close();
        assertThat(picker.stats().perPeer().get(0).inFlight()).isZero();
    }

    @Test
    void aPeerThatWasRemovedIsAliveWhenItIsAddedAgain() {
        PeerPicker picker = picker(peers(2));
        picker.updatePeerStatus("peer-0", false);
        picker.removePeers("peer-0");
        picker.addPeers(peer(0));

        assertThat(picker.alivePeerCount()).isEqualTo(2);
    }

    @Test
    void refusesTheStatusOfAnUnknownPeer() {
        PeerPicker picker = picker(peers(1));

        assertThatExceptionOfType(UnknownPeerException.class)
                .isThrownBy(() -> picker.updatePeerStatus("nobody", false))
                .withMessageContaining("'nobody'");
    }

    @Test
    void healthCountsThoseThatTakeTraffic() {
        PeerPicker picker = picker(List.of(peer(0), peer(1), new Peer("idle", "idle", 0)));
        assertThat(picker.health())
                .isEqualTo(
                        new PickerHealth(PickerHealth.Status.HEALTHY, "2 of 3 peers are alive and take traffic", 2, 3));

        picker.updatePeerStatus("peer-0", false);
        assertThat(picker.health().status()).isEqualTo(PickerHealth.Status.HEALTHY);
        picker.updatePeerStatus("peer-1", false);

        assertThat(picker.health().status()).isEqualTo(PickerHealth.Status.UNHEALTHY);
        assertThat(picker.health().message()).contains("0 of 3").contains("at least 1");
        assertThat(picker.alivePeerCount()).isEqualTo(1);
    }

    @Test
    void statsCountPicksAndFailovers() {
        PeerPicker picker = picker(peers(3));
        for (int i = 0; i < 300; i++) {
            picker.pickPeer("key" + i);
        }
        PickerStats stats = picker.stats();
        assertThat(stats.peers()).isEqualTo(3);
        assertThat(stats.alive()).isEqualTo(3);
        assertThat(stats.replicas()).isEqualTo(150);
        assertThat(stats.virtualNodes()).isEqualTo(450);
        assertThat(stats.perPeer())
                .hasSize(3)
                .allSatisfy(peer -> assertThat(peer.picks()).isPositive());
        assertThat(stats.perPeer().stream()
                        .mapToLong(PickerStats.PeerStats::picks)
                        .sum())
                .isEqualTo(300);
        assertThat(stats.perPeer().stream()
                        .mapToDouble(PickerStats.PeerStats::share)
                        .sum())
                .isBetween(0.999, 1.001);
        assertThat(stats.loadBalance()).isEqualTo(1 - stats.imbalance()).isGreaterThan(0.7);
        assertThat(stats.peakToMean()).isBetween(1.0, 1.5);
        assertThat(stats.picks()).isEqualTo(300);
        assertThat(stats.failovers()).isZero();

        Peer owner = picker.pickPeer("key");
        for (int death = 1; death <= 2; death++) {
            picker.updatePeerStatus(owner.id(), false);
            picker.pickPeer("key");
            picker.pickPeer("key");
            picker.updatePeerStatus(owner.id(), true);
            assertThat(picker.stats().failovers()).as("once per death").isEqualTo(death);
            assertThat(picker.stats().redirectedPicks()).isEqualTo(2L * death);
        }
    }

    @Test
    void statsCountTheFailoversOfPicksOfAnyKind() {
        PeerPicker picker = picker(peers(3));
        List<Consumer<String>> kinds = List.of(
                picker::pickPeer,
                key -> picker.pickPeers(key, 2),
                key -> picker.acquire(key).close());
        Peer owner = picker.pickPeer("key");
        int deaths = 0;
        for (Consumer<String> kind : kinds) {
            picker.updatePeerStatus(owner.id(), false);
            kind.accept("key");
            kind.accept("key");
            picker.pickPeers("key", 0);
            picker.updatePeerStatus(owner.id(), true);
            kind.accept("key");
            deaths++;
            assertThat(picker.stats().failovers()).as("once per death").isEqualTo(deaths);
            assertThat(picker.stats().redirectedPicks()).isEqualTo(2L * deaths);
        }
    }

    @Test
    void statsKeepThePicksOfRemovedPeers() {
        PeerPicker picker = picker(peers(3));
        for (int i = 0; i < 300; i++) {
            picker.pickPeer("key" + i);
        }
        picker.addPeers(new Peer("peer-0", "elsewhere"));
        picker.removePeers("peer-1", "peer-2");
        picker.pickPeer("key");

        assertThat(picker.stats().picks()).isEqualTo(301);
        assertThat(picker.stats().perPeer()).hasSize(1);
    }

    @Test
    void handlesCountRunningRequests() {
        PeerPicker picker = picker(peers(1));
        List<PeerHandle> handles = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            handles.add(picker.acquire("key" + i));
        }
        assertThat(picker.stats().perPeer().get(0).inFlight()).isEqualTo(10);
        handles.forEach(PeerHandle::close);
        handles.forEach(PeerHandle::close);

        assertThat(picker.stats().perPeer().get(0).inFlight()).isZero();
        assertThat(handles).allSatisfy(handle -> assertThat(handle.peer()).isEqualTo(peer(0)));
    }

    @Test
    void acquireGivesTheOwnerUnlessItIsDead() {
        PeerPicker picker = picker(peers(4));
        List<Peer> order = picker.pickPeers("key", 2);

        try (PeerHandle handle = picker.acquire("key")) {
            assertThat(handle.peer()).isEqualTo(order.get(0));
        }
        picker.updatePeerStatus(order.get(0).id(), false);
        try (PeerHandle handle = picker.acquire("key")) {
            assertThat(handle.peer()).isEqualTo(order.get(1));
        }
    }

    /** Peers {@code peer-0} and so on. */
    protected static List<Peer> peers(int count) {
        return IntStream.range(0, count).mapToObj(PeerPickerContractTests::peer).toList();
    }

    private static Peer peer(int number) {
        return new Peer("peer-" + number, "10.0.0." + number + ":80");
    }
}
