package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class RingPeerPickerTests extends PeerPickerContractTests {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(RingPeerPicker.class);

    @Override
    protected PeerPicker picker(List<Peer> peers) {
        return RingPeerPicker.builder().peers(peers).build();
    }

    @Test
    void withoutAlternativesADeadOwnersKeysFail() {
        RingPeerPicker picker =
                RingPeerPicker.builder().peers(peers(3)).maxAlternatives(0).build();
        picker.updatePeerStatus(picker.pickPeer("key").id(), false);

        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.pickPeer("key"))
                .withMessageContaining("1 peers tried");
        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.acquire("key"))
                .withMessageContaining("1 peers tried");
    }

    @Test
    void anOwnerThatRunsItsPartIsNotDead() {
        RingPeerPicker picker = RingPeerPicker.builder()
                .peers(peers(3))
                .maxAlternatives(0)
                .loadFactor(1.25)
                .build();
        List<Peer> order = picker.pickPeers("key", 3);
        picker.updatePeerStatus(order.get(1).id(), false);
        picker.acquire("key");
        picker.acquire("key");

        assertThat(picker.acquire("key").peer()).as("passed over").isEqualTo(order.get(2));
        assertThat(picker.stats().redirectedPicks()).isZero();
    }

    @Test
    void picksByItsProfile() {
        RingPeerPicker maglev = RingPeerPicker.builder()
                .profile(RingProfile.maglev())
                .peers(peers(5))
                .build();
        Peer owner = maglev.pickPeer("key");

        assertThat(owner).isEqualTo(HashRing.of(RingProfile.maglev(), peers(5)).owner("key"));
        assertThat(maglev.currentRing().orElseThrow().profile().name()).isEqualTo("maglev");
        maglev.updatePeerStatus(owner.id(), false);
        assertThat(maglev.pickPeer("key")).isNotEqualTo(owner);
    }

    @Test
    void tellsTheListenerOfChangesOnly() {
        List<String> heard = new ArrayList<>();
        RingPeerPicker picker = RingPeerPicker.builder()
                .peers(peers(2))
                .listener(new PickerListener() {
                    @Override
                    public void statusChanged(Peer peer, boolean alive) {
                        heard.add(peer.id() + (alive ? " up" : " down"));
                    }

                    @Override
                    public void failedOver(Peer owner, Peer alternative) {
                        heard.add(owner.id() + " to " + alternative.id());
                    }
                })
                .build();
        String key = keyOf(picker, "peer-0");
        picker.updatePeerStatus("peer-0", true);
        picker.updatePeerStatus("peer-0", false);
        picker.updatePeerStatus("peer-0", false);
        picker.pickPeer(key);
        picker.pickPeer(key);
        picker.updatePeerStatus("peer-0", true);

        assertThat(heard).containsExactly("peer-0 down", "peer-0 to peer-1", "peer-0 up");
    }

    @Test
    @Timeout(60)
    void tellsOfStatusesInTheOrderOfTheirChanges() throws Exception {
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch changedBack = new CountDownLatch(1);
        List<Boolean> heard = Collections.synchronizedList(new ArrayList<>());
        RingPeerPicker picker = RingPeerPicker.builder()
                .peers(peers(2))
                .listener(new PickerListener() {
                    @Override
                    public void statusChanged(Peer peer, boolean alive) {
                        if (!alive) {
                            telling.countDown();
                            await(changedBack);
                        }
                        heard.add(alive);
                    }
                })
                .build();
        Thread slow = new Thread(() -> picker.updatePeerStatus("peer-0", false));
        slow.start();
        telling.await();
        picker.updatePeerStatus("peer-0", true);
        changedBack.countDown();
        slow.join();

        assertThat(picker.alivePeerCount()).isEqualTo(2);
        assertThat(heard).containsExactly(false, true);
    }

    @Test
    void aListenerThatChangesAStatusHearsOfItAfterwards() {
        List<String> heard = new ArrayList<>();
        AtomicReference<RingPeerPicker> picker = new AtomicReference<>();
        picker.set(RingPeerPicker.builder()
                .peers(peers(2))
                .listener(new PickerListener() {
                    @Override
                    public void statusChanged(Peer peer, boolean alive) {
                        if (!alive) {
                            picker.get().updatePeerStatus(peer.id(), true);
                        }
                        heard.add(peer.id() + (alive ? " up" : " down"));
                    }
                })
                .build());
        picker.get().updatePeerStatus("peer-0", false);

        assertThat(heard).containsExactly("peer-0 down", "peer-0 up");
    }

    @Test
    void aFailingListenerHarmsNoPick() {
        RingPeerPicker picker = RingPeerPicker.builder()
                .peers(peers(2))
                .listener(new PickerListener() {
                    @Override
                    public void failedOver(Peer owner, Peer alternative) {
                        throw new IllegalStateException("broken on purpose");
                    }
                })
                .build();
        String key = keyOf(picker, "peer-0");
        picker.updatePeerStatus("peer-0", false);

        assertThat(picker.pickPeer(key).id()).isEqualTo("peer-1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.1, 1.25, 2})
    void noPeerRunsMoreThanItsPart(double factor) {
        RingPeerPicker picker = RingPeerPicker.builder()
                .peers(List.of(new Peer("a", "a", 100), new Peer("b", "b", 200), new Peer("c", "c", 300)))
                .loadFactor(factor)
                .build();
        Map<String, Integer> running = new HashMap<>();
        List<PeerHandle> handles = new ArrayList<>();
        Random random = new Random(7);
        for (int total = 1; total <= 600; total++) {
            // Two of three requests are for one hot key.
            PeerHandle handle = picker.acquire(random.nextInt(3) > 0 ? "hot" : "key" + total);
            handles.add(handle);
            int count = running.merge(handle.peer().id(), 1, Integer::sum);
            assertThat(count).isLessThanOrEqualTo((int)
                    Math.ceil(factor * total * handle.peer().weight() / 600));
        }
        handles.forEach(PeerHandle::close);
        assertThat(picker.stats().perPeer())
                .allSatisfy(peer -> assertThat(peer.inFlight()).isZero());
    }

    @Test
    void aFreePeerGetsItsOwnKeysInSpiteOfABound() {
        RingPeerPicker picker =
                RingPeerPicker.builder().peers(peers(5)).loadFactor(1.25).build();
        for (int i = 0; i < 1000; i++) {
            try (PeerHandle handle = picker.acquire("key" + i)) {
                assertThat(handle.peer())
                        .isEqualTo(picker.currentRing().orElseThrow().owner("key" + i));
            }
        }
    }

    @Test
    void aBoundCountsAlivePeersOnly() {
        RingPeerPicker picker =
                RingPeerPicker.builder().peers(peers(4)).loadFactor(1.5).build();
        picker.updatePeerStatus("peer-0", false);
        picker.updatePeerStatus("peer-1", false);
        Map<String, Integer> running = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            running.merge(picker.acquire("hot").peer().id(), 1, Integer::sum);
        }

        assertThat(running)
                .containsOnlyKeys("peer-2", "peer-3")
                .containsValue(75)
                .containsValue(25);
    }

    @Test
    void aBoundCountsPeersWithVirtualNodesOnly() {
        RingPeerPicker picker = RingPeerPicker.builder()
                .profile(RingProfile.envoy(2, 2))
                .peers(peers(4))
                .loadFactor(1.5)
                .build();
        Map<String, Integer> running = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            running.merge(picker.acquire("hot").peer().id(), 1, Integer::sum);
        }

        assertThat(running).hasSize(2).containsValue(75).containsValue(25);
    }

    @Test
    void refusesSettingsOutOfRange() {
        RingPeerPickerBuilder builder = RingPeerPicker.builder();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxAlternatives(-1))
                .withMessageContaining("0 to 1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.minAlivePeers(-1))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.loadFactor(1))
                .withMessageContaining("above 1");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.loadFactor(Double.NaN));
    }

    @Test
    void isHealthyFromTheRequiredNumberOn() {
        RingPeerPicker picker =
                RingPeerPicker.builder().peers(peers(3)).minAlivePeers(3).build();
        assertThat(picker.health().status()).isEqualTo(PickerHealth.Status.HEALTHY);
        picker.updatePeerStatus("peer-1", false);

        assertThat(picker.health().status()).isEqualTo(PickerHealth.Status.UNHEALTHY);
        assertThat(picker.health().message()).contains("2 of 3").contains("at least 3");
    }

    @Test
    void aPeerWithoutVirtualNodesTakesNoTraffic() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        LOG.addAppender(log);
        try {
            RingPeerPicker picker = RingPeerPicker.builder()
                    .profile(RingProfile.ketama())
                    .peers(List.of(new Peer("heavy", "h"), new Peer("light", "l", 1)))
                    .build();
            picker.addPeers(new Peer("light", "elsewhere", 1));
            assertThat(log.list)
                    .as("once")
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .singleElement()
                    .asString()
                    .contains("ketama ring", "[light]");

            picker.updatePeerStatus("heavy", false);

            assertThat(picker.alivePeerCount()).isEqualTo(1);
            assertThat(picker.health().status()).isEqualTo(PickerHealth.Status.UNHEALTHY);
            assertThat(picker.health().message()).contains("0 of 2");
            assertThatExceptionOfType(NoPeersAvailableException.class)
                    .isThrownBy(() -> picker.pickPeer("key"))
                    .withMessage(
                            "None of the 1 peers tried for the key is alive; 0 of all 2 are alive and take traffic."
                                    + " Check the peers");
        } finally {
            LOG.detachAppender(log);
        }
    }

    @Test
    void advisesMoreAlternativesOnlyWhereThereAreMore() {
        RingPeerPicker picker =
                RingPeerPicker.builder().peers(peers(3)).maxAlternatives(1).build();
        List<Peer> order = picker.pickPeers("key", 3);
        picker.updatePeerStatus(order.get(0).id(), false);
        picker.updatePeerStatus(order.get(1).id(), false);
        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.pickPeer("key"))
                .withMessageEndingWith("Check the peers, or raise the number of alternatives");

        picker.updatePeerStatus(order.get(2).id(), false);
        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> picker.pickPeers("key", 1))
                .withMessageEndingWith("Check the peers");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String keyOf(RingPeerPicker picker, String owner) {
        for (int i = 0; ; i++) {
            if (picker.currentRing().orElseThrow().owner("key" + i).id().equals(owner)) {
                return "key" + i;
            }
        }
    }
}
