package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Whoever of n peers is dead, 1 to n − 1 of them: a key goes to the first alive one of its owner and five alternatives,
 * or the failure says how many were tried and how many are alive. Over 1000 random clusters, profiles and dead peers.
 */
class RingPeerPickerFailoverTests {

    private static final int CLUSTERS = 1000;
    private static final int ALTERNATIVES = 5;
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(RingPeerPicker.class);

    /** Thousands of deaths would be thousands of lines. */
    @BeforeAll
    static void silence() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        LOG.setLevel(null);
    }

    @Test
    void aKeyGoesToTheFirstAliveOrTheFailureSaysWhy() {
        int served = 0;
        int refused = 0;
        int checked = 0;
        for (int seed = 0; checked < CLUSTERS; seed++) {
            Random random = new Random(seed);
            List<Peer> peers = Clusters.peers(random, 2 + random.nextInt(19));
            RingPeerPicker picker = RingPeerPicker.builder()
                    .profile(Clusters.profile(random))
                    .peers(peers)
                    .build();
            HashRing ring = picker.currentRing().orElseThrow();
            if (ring.isEmpty()) {
                continue;
            }
            checked++;
            Collections.shuffle(peers, random);
            Set<Peer> dead = new HashSet<>(peers.subList(0, 1 + random.nextInt(peers.size() - 1)));
            dead.forEach(peer -> picker.updatePeerStatus(peer.id(), false));
            // Not all with a weight: ketama and envoy may give the lightest no point.
            long takingTraffic = peers.stream()
                    .filter(peer -> ring.virtualNodesById().get(peer.id()) > 0 && !dead.contains(peer))
                    .count();
            for (int i = 0; i < 10; i++) {
                String key = "key" + random.nextInt();
                List<Peer> order = ring.owners(key, Integer.MAX_VALUE);
                List<Peer> alive = new ArrayList<>(order);
                alive.removeAll(dead);
                int tries = Math.min(order.size(), 1 + ALTERNATIVES);
                if (Collections.disjoint(order.subList(0, tries), alive)) {
                    refused++;
                    String why = tries + " peers tried for the key is alive; " + takingTraffic + " of all "
                            + peers.size() + " are";
                    assertRefused(picker, key, why, seed);
                } else {
                    served++;
                    assertServed(picker, key, alive.get(0), seed);
                }
                if (!alive.isEmpty()) {
                    assertThat(picker.pickPeers(key, 3))
                            .as("seed %d", seed)
                            .isEqualTo(alive.subList(0, Math.min(3, alive.size())));
                }
            }
        }
        assertThat(served).isGreaterThan(CLUSTERS);
        assertThat(refused).isGreaterThan(CLUSTERS / 10);
    }

    private static void assertServed(RingPeerPicker picker, String key, Peer expected, int seed) {
        assertThat(picker.pickPeer(key)).as("seed %d", seed).isEqualTo(expected);
        try (PeerHandle handle = picker.acquire(key)) {
            assertThat(handle.peer()).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private static void assertRefused(RingPeerPicker picker, String key, String why, int seed) {
        assertThatExceptionOfType(NoPeersAvailableException.class)
                .as("seed %d", seed)
                .isThrownBy(() -> picker.pickPeer(key))
                .withMessageContaining(why);
        assertThatExceptionOfType(NoPeersAvailableException.class)
                .as("seed %d", seed)
                .isThrownBy(() -> picker.acquire(key))
                .withMessageContaining(why);
    }
}
