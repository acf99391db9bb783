package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever finds a key absent in the midst of a put mustn't take the place of what was put. */
class PutRaceTests {

    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @EnumSource
    void aLoadThatBeginsMeanwhileGivesWay(Eviction eviction) {
        race(eviction, cache -> cache.get(1, key -> 8));
    }

    /** A ticket whose key isn't found afterwards is from before the put. */
    @ParameterizedTest
    @EnumSource
    void aTicketThatIsTakenMeanwhileIsRefused(Eviction eviction) {
        race(eviction, cache -> {
            CacheTicket<Integer, Integer> ticket = cache.ticket(1);
            boolean isAbsent = cache.get(1).isEmpty();
            if (isAbsent) {
                ticket.put(1, Optional.of(8), EntryOptions.none());
            }
        });
    }

    private static void race(Eviction eviction, Consumer<HamsterCache<Integer, Integer>> rival) {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (CacheClient client = CacheClient.builder().build()) {
            HamsterCache<Integer, Integer> cache = client.cache(
                    "raced", CachePolicy.builder().eviction(eviction).maxSize(8).build());
            Phaser round = new Phaser(2);
            other.execute(() -> {
                try {
                    for (int i = 0; i < ROUNDS && !round.isTerminated(); i++) {
                        round.arriveAndAwaitAdvance();
                        cache.put(1, 3);
                        round.arriveAndAwaitAdvance();
                    }
                } finally {
                    round.forceTermination();
                }
            });

            try {
                for (int i = 0; i < ROUNDS; i++) {
                    cache.invalidate(1);
                    round.arriveAndAwaitAdvance();
                    for (int spin = i & 0xff; spin > 0; spin--) {
                        Thread.onSpinWait();
                    }
                    rival.accept(cache);
                    round.arriveAndAwaitAdvance();
                    assertThat(cache.get(1)).as("round %d", i).contains(3);
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
