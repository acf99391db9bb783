package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockToken;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OwnWaitersTests {

    private static final LockToken TOKEN = new LockToken("client", 1);
    private static final Duration BEAT = Duration.ofNanos(OwnWaiters.BEAT);

    private final ManualTime time = new ManualTime();
    private int beats;
    private boolean noThread;
    private final OwnWaiters waiters = new OwnWaiters(time, time.scheduler(), this::beat);

    private void beat() {
        beats++;
        if (noThread) {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }

    @Test
    void beatsForAsLongAsSomebodyWaits() {
        waiters.asking(TOKEN, Duration.ofMinutes(1));
        time.advance(BEAT.multipliedBy(2));

        waiters.left(TOKEN);
        time.advance(BEAT.multipliedBy(5));

        assertThat(beats).isEqualTo(2);
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void beatsOnAfterABeatThatFailed() {
        waiters.asking(TOKEN, Duration.ofMinutes(1));
        noThread = true;
        time.advance(BEAT);
        noThread = false;

        time.advance(BEAT.multipliedBy(2));

        assertThat(beats).isEqualTo(3);
    }
}
