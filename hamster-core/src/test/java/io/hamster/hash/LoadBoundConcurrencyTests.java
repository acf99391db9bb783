package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that ask for one hot key all want the same place, and only one may get it. */
@Timeout(60)
class LoadBoundConcurrencyTests {

    private static final int PEERS = 100;
    private static final int THREADS = 8;
    private static final int ROUNDS = 2_000;

    /** So many that they fill the first peers up to the bound, and those that come and go hardly raise it. */
    private static final int STAYING = 400;

    private static final double FACTOR = 1.25;
    private static final int MOST = (int) Math.ceil(FACTOR * (STAYING + THREADS) / PEERS);

    private final RingPeerPicker picker = RingPeerPicker.builder()
            .peers(IntStream.range(0, PEERS)
                    .mapToObj(i -> new Peer("peer-" + i, "a"))
                    .toList())
            .loadFactor(FACTOR)
            .build();

    @Test
    void racesDoNotExceedTheBound() throws Exception {
        List<PeerHandle> staying =
                IntStream.range(0, STAYING).mapToObj(i -> picker.acquire("hot")).toList();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                results.add(threads.submit(() -> {
                    start.await();
                    int most = 0;
                    for (int round = 0; round < ROUNDS; round++) {
                        try (PeerHandle handle = picker.acquire("hot")) {
                            most = Math.max(most, running(handle.peer()));
                        }
                    }
                    return most;
                }));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get()).isLessThanOrEqualTo(MOST);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(inFlight()).isEqualTo(STAYING);
        staying.forEach(PeerHandle::close);
        assertThat(inFlight()).isZero();
    }

    private int running(Peer peer) {
        return picker.stats().perPeer().stream()
                .filter(stats -> stats.peer().equals(peer))
                .mapToInt(PickerStats.PeerStats::inFlight)
                .sum();
    }

    private int inFlight() {
        return picker.stats().perPeer().stream()
                .mapToInt(PickerStats.PeerStats::inFlight)
                .sum();
    }
}
