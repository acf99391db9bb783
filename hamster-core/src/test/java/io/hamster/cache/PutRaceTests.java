package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is put or cleared while another caller looks for the key: both must have come one after the other. */
class PutRaceTests {

    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @EnumSource
    void aLoadThatBeginsMeanwhileGivesWay(Eviction eviction) {
        race(
                eviction,
                cache -> cache.invalidate(1),
                cache -> cache.put(1, 3),
                cache -> cache.get(1, key -> 8),
                cache -> assertThat(cache.get(1)).contains(3));
    }

    /** A ticket whose key isn't found afterwards is from before the put. */
    @ParameterizedTest
    @EnumSource
    void aTicketThatIsTakenMeanwhileIsRefused(Eviction eviction) {
        race(
                eviction,
                cache -> cache.invalidate(1),
                cache -> cache.put(1, 3),
                cache -> {
                    CacheTicket<Integer, Integer> ticket = cache.ticket(1);
                    boolean isAbsent = cache.get(1).isEmpty();
                    if (isAbsent) {
                        ticket.put(1, Optional.of(8), EntryOptions.none());
                    }
                },
                cache -> assertThat(cache.get(1)).contains(3));
    }

    /** Whoever finds the key cleared has come after the clearing, and so has what it puts. */
    @ParameterizedTest
    @EnumSource
    void aValueIsKeptThatWasPutBecauseTheCacheWasCleared(Eviction eviction) {
        AtomicReference<Optional<Integer>> found = new AtomicReference<>();
        race(
                eviction,
                cache -> cache.put(1, 7),
                HamsterCache::clear,
                cache -> found.set(cache.putIfAbsent(1, 2)),
                cache -> assertThat(cache.get(1)).isEqualTo(found.get().isEmpty() ? Optional.of(2) : Optional.empty()));
    }

    private static void race(
            Eviction eviction,
            Consumer<HamsterCache<Integer, Integer>> before,
            Consumer<HamsterCache<Integer, Integer>> one,
            Consumer<HamsterCache<Integer, Integer>> rival,
            Consumer<HamsterCache<Integer, Integer>> after) {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (CacheClient client = CacheClient.builder().build()) {
            HamsterCache<Integer, Integer> cache = client.cache(
                    "raced", CachePolicy.builder().eviction(eviction).maxSize(8).build());
            Phaser round = new Phaser(2);
            other.execute(() -> {
                try {
                    for (int i = 0; i < ROUNDS && !round.isTerminated(); i++) {
                        round.arriveAndAwaitAdvance();
                        one.accept(cache);
                        round.arriveAndAwaitAdvance();
                    }
                } finally {
                    round.forceTermination();
                }
            });

            try {
                for (int i = 0; i < ROUNDS; i++) {
                    before.accept(cache);
                    round.arriveAndAwaitAdvance();
                    for (int spin = i & 0xff; spin > 0; spin--) {
                        Thread.onSpinWait();
                    }
                    rival.accept(cache);
                    round.arriveAndAwaitAdvance();
                    after.accept(cache);
                }
            } finally {
                // Whoever ends first lets the other one go.
                round.forceTermination();
            }
        } finally {
            other.shutdownNow();
        }
    }
}
