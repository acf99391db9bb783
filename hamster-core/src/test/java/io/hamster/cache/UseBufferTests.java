package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UseBufferTests {

    private final UseBuffer uses = new UseBuffer();

    @Test
    void notesInOrderUntilThereIsNoRoom() {
        List<Integer> expected = new ArrayList<>();
        List<Integer> drained = new ArrayList<>();
        for (int use = 1; use <= 100; use++) {
            if (!uses.offer(use)) {
                uses.drainTo(drained::add);
                assertThat(drained).containsExactlyElementsOf(expected);
                assertThat(uses.offer(use)).as("there is room again").isTrue();
            }
            expected.add(use);
        }

        uses.drainTo(drained::add);
        assertThat(drained).containsExactlyElementsOf(expected);
    }

    @Test
    void isSharedOnceAnotherThreadAsks() throws Exception {
        assertThat(uses.isShared()).isFalse();
        assertThat(uses.isShared()).isFalse();

        assertThat(inAnotherThread()).isTrue();

        assertThat(uses.isShared()).as("from now on").isTrue();
    }

    private boolean inAnotherThread() throws Exception {
        FutureTask<Boolean> answer = new FutureTask<>(uses::isShared);
        new Thread(answer).start();
        return answer.get(30, TimeUnit.SECONDS);
    }
}
