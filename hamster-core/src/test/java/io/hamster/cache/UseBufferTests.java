package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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
    void takesInWhatAnotherThreadNoted() throws Exception {
        uses.isShared();
        inAnotherThread(() -> uses.isShared() && uses.offer(7));
        List<Integer> drained = new ArrayList<>();

        uses.drainOwnTo(drained::add);

        assertThat(drained).containsExactly(7);
    }

    @Test
    void oneThreadDrainsUntilItNoLongerComes() throws Exception {
        uses.isShared();
        assertThat(inAnotherThread(() -> uses.isShared() && uses.mayDrain()))
                .as("the first that is asked")
                .isTrue();

        int refused = 0;
        while (!uses.mayDrain()) {
            refused++;
        }

        assertThat(refused).isBetween(1, 100);
        assertThat(uses.mayDrain()).as("from now on").isTrue();
        assertThat(inAnotherThread(uses::mayDrain)).isFalse();
    }

    private static boolean inAnotherThread(Callable<Boolean> work) throws Exception {
        FutureTask<Boolean> done = new FutureTask<>(work);
        new Thread(done).start();
        return done.get(30, TimeUnit.SECONDS);
    }
}
