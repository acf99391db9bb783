package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Readers beside a writer: each pick is right for the ring before or after a change, never for something between. */
@Timeout(60)
class RingPeerPickerConcurrencyTests {

    private static final int READERS = 3;
    private static final int CHANGES = 2_000;
    private static final int KEYS = 256;

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(RingPeerPicker.class);

    private final List<Peer> staying =
            IntStream.range(0, 8).mapToObj(i -> new Peer("stay-" + i, "a")).toList();
    private final List<Peer> changing =
            IntStream.range(0, 3).mapToObj(i -> new Peer("change-" + i, "a")).toList();
    private final HashRing without = HashRing.of(RingProfile.hamster(), staying);
    private final HashRing with = HashRing.of(
            RingProfile.hamster(),
            Stream.concat(staying.stream(), changing.stream()).toList());
    private final RingPeerPicker picker =
            RingPeerPicker.builder().peers(staying).build();

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
    void picksSeeEitherRingWhilePeersComeAndGo() throws Exception {
        List<String> ids = changing.stream().map(Peer::id).toList();
        run(() -> {
            picker.addPeers(changing);
            picker.removePeers(ids);
        });

        assertThat(picker.peers()).isEqualTo(staying);
    }

    @Test
    void picksAvoidADeadPeerOrNotWhileItFlaps() throws Exception {
        picker.addPeers(changing);
        run(() -> {
            changing.forEach(peer -> picker.updatePeerStatus(peer.id(), false));
            changing.forEach(peer -> picker.updatePeerStatus(peer.id(), true));
        });

        assertThat(picker.alivePeerCount()).isEqualTo(11);
    }

    private void run(Runnable change) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        List<Future<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(threads.submit(() -> {
                int picks = 0;
                do {
                    for (int k = 0; k < KEYS; k++) {
                        String key = "key" + k;
                        assertRight(key, picker.pickPeer(key));
                        picks++;
                    }
                    assertThat(picker.pickPeers("key", 5)).hasSize(5).doesNotHaveDuplicates();
                } while (!done.get());
                return picks;
            }));
        }
        try {
            for (int i = 0; i < CHANGES; i++) {
                change.run();
            }
        } finally {
            done.set(true);
            threads.shutdown();
        }
        for (Future<Integer> reader : readers) {
            assertThat(reader.get()).isPositive();
        }
    }

    /** The owner in the whole ring or, if that is one that comes and goes, one of those after it up to one that stays. */
    private void assertRight(String key, Peer picked) {
        Peer owner = with.owner(key);
        if (changing.contains(owner)) {
            assertThat(picked).isIn(with.owners(key, changing.size() + 1));
            if (!changing.contains(picked)) {
                assertThat(picked).isEqualTo(without.owner(key));
            }
        } else {
            assertThat(picked).isEqualTo(owner);
        }
    }
}
