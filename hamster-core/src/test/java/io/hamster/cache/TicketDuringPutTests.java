package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ticket that is taken in the midst of a put, whose key isn't found afterwards, is from before that put. */
class TicketDuringPutTests {

    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @EnumSource
    void keepsWhatWasPut(Eviction eviction) {
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
                    CacheTicket<Integer, Integer> ticket = cache.ticket(1);
                    boolean isAbsent = cache.get(1).isEmpty();
                    if (isAbsent) {
                        ticket.put(1, Optional.of(8), EntryOptions.none());
                    }
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
