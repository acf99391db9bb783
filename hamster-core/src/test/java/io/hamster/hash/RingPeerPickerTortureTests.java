package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four readers beside a writer that adds and removes peers at random. The invariant: a pick answers what some ring
 * answers that was current at a moment of the pick; above all never a peer that was absent from before it until after.
 */
@Tag("torture")
@Timeout(120)
class RingPeerPickerTortureTests {

    private static final Duration LENGTH = Duration.ofSeconds(30);
    private static final int READERS = 4;
    private static final int KEYS = 512;
    private static final int COMING_AND_GOING = 4;

    private final List<Peer> staying =
            IntStream.range(0, 8).mapToObj(i -> new Peer("stay-" + i, "a")).toList();
    private final List<Peer> changing = IntStream.range(0, COMING_AND_GOING)
            .mapToObj(i -> new Peer("change-" + i, "a"))
            .toList();
    private final HashRing with = HashRing.of(
            RingProfile.hamster(),
            Stream.concat(staying.stream(), changing.stream()).toList());
    private final RingPeerPicker picker =
            RingPeerPicker.builder().peers(staying).build();

    /** For each peer that comes and goes: odd from just before it is added until its removal has returned, then even. */
    private final AtomicLongArray presence = new AtomicLongArray(COMING_AND_GOING);

    @Test
    void fourReadersNeverSeeHalfAChange() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Random random = new Random(i);
                readers.add(threads.submit(() -> read(random, done)));
            }
            long changes = write(new Random(42), readers);
            done.set(true);
            for (Future<Long> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
            assertThat(changes).isGreaterThan(1_000);
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private long write(Random random, List<Future<Long>> readers) {
        long changes = 0;
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() < end && readers.stream().noneMatch(Future::isDone)) {
            int i = random.nextInt(COMING_AND_GOING);
            if (presence.get(i) % 2 == 0) {
                presence.incrementAndGet(i);
                picker.addPeers(List.of(changing.get(i)));
            } else {
                picker.removePeers(List.of(changing.get(i).id()));
                presence.incrementAndGet(i);
            }
            changes++;
        }
        return changes;
    }

    private long read(Random random, AtomicBoolean done) {
        long picks = 0;
        long[] before = new long[COMING_AND_GOING];
        while (!done.get()) {
            String key = "key" + random.nextInt(KEYS);
            note(before);
            Peer picked = picker.pickPeer(key);
            assertCurrent(key, List.of(picked), before);
            note(before);
            List<Peer> several = picker.pickPeers(key, 3);
            assertThat(several).hasSize(3).doesNotHaveDuplicates();
            assertCurrent(key, several, before);
            picks += 2;
        }
        return picks;
    }

    private void note(long[] before) {
        for (int i = 0; i < before.length; i++) {
            before[i] = presence.get(i);
        }
    }

    /**
     * Whoever comes before a picked peer in the whole ring must have been away at some moment of the pick, and the
     * picked ones there.
     */
    private void assertCurrent(String key, List<Peer> picked, long[] before) {
        Iterator<Peer> candidates =
                with.owners(key, COMING_AND_GOING + picked.size()).iterator();
        for (Peer peer : picked) {
            Peer candidate = candidates.next();
            while (!candidate.equals(peer)) {
                assertThat(changing)
                        .as("%s was passed over for %s", candidate.id(), key)
                        .contains(candidate);
                assertThat(candidates).as("%s for %s", picked, key).hasNext();
                candidate = candidates.next();
            }
            int i = changing.indexOf(peer);
            assertThat(i >= 0 && before[i] % 2 == 0 && presence.get(i) == before[i])
                    .as("%s was picked for %s though it was removed before", peer.id(), key)
                    .isFalse();
        }
    }
}
