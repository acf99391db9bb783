package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A load that begins in the midst of a put finds the key absent, and mustn't take the place of what was put. */
class PutDuringLoadTests {

    private static final int ROUNDS = 5_000;

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
                    cache.get(1, key -> 8);
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
