package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that may found its group alone, and what may keep it from that; everything runs on this thread. */
class AdmissionTests {

    private static final Peer SELF = new Peer("a~1", "127.0.0.1:1");
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final LoopbackNetwork network = new LoopbackNetwork();
    private final List<List<Peer>> founded = new ArrayList<>();
    private Runnable inTheExecutor = () -> {};
    private Runnable atTheDesk = () -> {};
    private final Admission admission = new Admission(
            SELF, List.of(), true, network.join("a"), time.scheduler(), this::execute, new FoundersDesk());

    @AfterEach
    void close() {
        network.close();
    }

    private void execute(Runnable task) {
        inTheExecutor.run();
        task.run();
    }

    @Test
    void asksAgainWhereThereWasNoThread() {
        inTheExecutor = () -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        assertFoundsOnceItCan();
    }

    @Test
    void asksAgainAfterAFailure() {
        atTheDesk = () -> {
            throw new IllegalStateException("by the test");
        };
        assertFoundsOnceItCan();
    }

    @Test
    void asksAgainAfterAnError() {
        atTheDesk = () -> {
            throw new NoClassDefFoundError("by the test");
        };
        assertFoundsOnceItCan();
    }

    private void assertFoundsOnceItCan() {
        admission.begin();
        time.advance(A_WHILE);
        assertThat(founded).isEmpty();
        assertThat(admission.waitingFor()).isPresent();

        inTheExecutor = () -> {};
        atTheDesk = () -> {};
        time.advance(A_WHILE);

        assertThat(founded).containsExactly(List.of(SELF));
        assertThat(admission.waitingFor()).isEmpty();
        assertThat(time.pendingTasks()).isZero();
    }

    private final class FoundersDesk implements Admission.Desk {

        @Override
        public void found(UUID group, List<Peer> founders) {
            atTheDesk.run();
            founded.add(founders);
        }

        @Override
        public void knock(UUID group) {
            throw new UnsupportedOperationException("there is no other node");
        }

        @Override
        public boolean isVoter() {
            return false;
        }

        @Override
        public void enter(UUID group) {
            throw new UnsupportedOperationException("there is no other node");
        }
    }
}
