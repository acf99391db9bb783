package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RedialTests {

    private static final RaftSettings SETTINGS = RaftSettings.of(Path.of("unused"), false);
    private static final Duration PAUSE = SETTINGS.electionTimeoutMax().multipliedBy(4);

    private final ManualTime time = new ManualTime();
    private GroupRole role = GroupRole.electing(1);
    private @Nullable RuntimeException failure;
    private int redials;
    private boolean noThread;
    private final Redial redial = new Redial(this::role, () -> redials++, SETTINGS, time.scheduler(), this::execute);

    private void execute(Runnable task) {
        if (noThread) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        task.run();
    }

    private GroupRole role() {
        if (failure != null) {
            throw failure;
        }
        return role;
    }

    @Test
    void leavesAnElectionItsTime() {
        redial.start();
        time.advance(PAUSE);
        role = GroupRole.following(1, "b");
        time.advance(PAUSE);
        role = GroupRole.electing(2);
        time.advance(PAUSE);

        assertThat(redials).isZero();
    }

    @Test
    void redialsForAsLongAsNobodyLeads() {
        redial.start();
        for (int i = 0; i < 4; i++) {
            time.advance(PAUSE);
        }
        assertThat(redials).isEqualTo(3);

        role = GroupRole.leading(1);
        time.advance(PAUSE);

        assertThat(redials).isEqualTo(3);
    }

    @Test
    void goesOnAfterALookThatFailed() {
        redial.start();
        time.advance(PAUSE);
        failure = new IllegalStateException("closing");
        time.advance(PAUSE);
        failure = null;
        time.advance(PAUSE);

        assertThat(redials).isEqualTo(1);
    }

    @Test
    void goesOnAfterThereWasNoThread() {
        redial.start();
        time.advance(PAUSE);
        noThread = true;
        time.advance(PAUSE);
        noThread = false;
        time.advance(PAUSE);

        assertThat(redials).isEqualTo(1);
    }

    @Test
    void redialsNoMoreOnceItWasStopped() {
        redial.start();
        time.advance(PAUSE);
        redial.stop();
        time.advance(PAUSE);

        assertThat(redials).isZero();
    }
}
