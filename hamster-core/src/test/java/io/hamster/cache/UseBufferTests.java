package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UseBufferTests {

    private final UseBuffer uses = new UseBuffer(2);

    @Test
    void notesInOrderUntilTheRingIsFull() {
        List<Integer> drained = new ArrayList<>();
        int noted = 0;
        while (uses.offer(noted + 1)) {
            noted++;
        }

        uses.drainOwnTo(drained::add);
        assertThat(drained)
                .hasSizeGreaterThan(1)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, noted).boxed().toList());
        assertThat(uses.offer(1)).as("there is room again").isTrue();
    }

    @Test
    void threadsMadeOneAfterTheOtherDoNotShareAStripe() {
        for (long first = 1; first < 10_000; first++) {
            assertThat(LongStream.range(first, first + 4).mapToInt(uses::stripe))
                    .as("stripes of four threads from %s on", first)
                    .doesNotHaveDuplicates()
                    .allSatisfy(stripe -> assertThat(stripe).isBetween(0, 7));
        }
    }

    @Test
    void takesInWhatAnIdleThreadNoted() throws InterruptedException {
        Thread other = new Thread(() -> uses.offer(7));
        other.start();
        other.join(30_000);
        List<Integer> drained = new ArrayList<>();

        for (int i = 0; i < 64; i++) {
            uses.drainOwnTo(drained::add);
        }
        assertThat(drained).containsExactly(7);
    }
}
