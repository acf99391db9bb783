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

    /** The owner may note as fast as another drains. */
    @Test
    void drainsNoMoreThanWhatWasThere() {
        int[] drained = new int[1];
        uses.offer(1);

        uses.drainTo(use -> {
            drained[0]++;
            uses.offer(use + 1);
        });

        assertThat(drained[0]).isBetween(1, 100);
    }

    @Test
    void belongsToTheFirstThreadThatAsks() throws Exception {
        assertThat(uses.isOwn()).isTrue();
        assertThat(uses.isOwn()).isTrue();
        assertThat(uses.isShared()).isFalse();

        assertThat(isAnothers()).isFalse();

        assertThat(uses.isShared()).isTrue();
        assertThat(uses.isOwn()).isTrue();
        assertThat(uses.isShared()).as("for good").isTrue();
    }

    private boolean isAnothers() throws Exception {
        FutureTask<Boolean> answer = new FutureTask<>(uses::isOwn);
        new Thread(answer).start();
        return answer.get(30, TimeUnit.SECONDS);
    }
}
