package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work that is asked for; the test runs what was handed to the executor. */
class CoalescedTests {

    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private final AtomicInteger runs = new AtomicInteger();
    private Runnable inTheWork = () -> {};
    private Runnable inTheExecutor = () -> {};
    private final Coalesced coalesced = new Coalesced(
            task -> {
                inTheExecutor.run();
                handedOver.add(task);
            },
            () -> {
                runs.incrementAndGet();
                inTheWork.run();
            });

    @Test
    void runsOnceForSeveralRequests() {
        coalesced.wake();
        coalesced.wake();
        runAll();

        assertThat(runs).hasValue(1);
    }

    @Test
    void runsAgainForWhatIsAskedMeanwhile() {
        inTheWork = () -> {
            if (runs.get() == 1) {
                coalesced.wake();
            }
        };
        coalesced.wake();
        runAll();

        assertThat(runs).hasValue(2);
    }

    @Test
    void runsAgainAfterWorkThatFailed() {
        goesOnAfter(() -> {
            throw new IllegalStateException("planned");
        });
    }

    @Test
    void runsAgainAfterWorkThatFailedWithAnError() {
        goesOnAfter(() -> {
            throw new NoClassDefFoundError("planned");
        });
    }

    private void goesOnAfter(Runnable failure) {
        inTheWork = failure;
        coalesced.wake();
        runAll();
        inTheWork = () -> {};

        coalesced.wake();
        runAll();

        assertThat(runs).hasValue(2);
    }

    @Test
    void runsAtOnceWhereTheExecutorRefuses() {
        runsWithout(() -> {
            throw new RejectedExecutionException("planned");
        });
    }

    @Test
    void runsAtOnceWhereThereIsNoThread() {
        runsWithout(() -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
    }

    private void runsWithout(Runnable refusal) {
        inTheExecutor = refusal;
        coalesced.wake();
        assertThat(runs).hasValue(1);
        inTheExecutor = () -> {};

        coalesced.wake();
        runAll();

        assertThat(runs).hasValue(2);
    }

    private void runAll() {
        for (Runnable task = handedOver.poll(); task != null; task = handedOver.poll()) {
            task.run();
        }
    }
}
