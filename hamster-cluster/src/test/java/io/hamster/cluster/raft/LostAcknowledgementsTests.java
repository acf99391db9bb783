package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.raft.LostAcknowledgements.Awaited;
import io.hamster.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LostAcknowledgementsTests {

    private static final RaftSettings SETTINGS = RaftSettings.of(Path.of("unused"), false);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration LOOKS = SETTINGS.electionTimeoutMax().multipliedBy(2);

    private final ManualTime time = new ManualTime();
    private final List<Awaited> inVain = new ArrayList<>();
    private boolean agreed;
    private @Nullable Awaited awaited = awaited(1);
    private @Nullable RuntimeException failure;
    private boolean noThread;
    private final LostAcknowledgements lost =
            new LostAcknowledgements(new Given(), SETTINGS, time, time.scheduler(), this::execute);

    private static Awaited awaited(long term, Long... matches) {
        return new Awaited(term, 7, List.of(matches));
    }

    private void execute(Runnable task) {
        if (noThread) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        task.run();
    }

    private final class Given implements LostAcknowledgements.Node {

        @Override
        public Optional<Awaited> awaited() {
            if (failure != null) {
                throw failure;
            }
            return Optional.ofNullable(awaited);
        }

        @Override
        public boolean hasAgreed() {
            return agreed;
        }

        @Override
        public void startOver(Awaited waited) {
            inVain.add(waited);
        }
    }

    @BeforeEach
    void start() {
        lost.start();
    }

    private void pass(Duration duration) {
        long steps = duration.dividedBy(SETTINGS.electionTimeoutMax());
        for (long i = 0; i < steps; i++) {
            time.advance(SETTINGS.electionTimeoutMax());
        }
    }

    @Test
    void startOverWhatIsAwaitedForTooLong() {
        pass(PATIENCE);
        assertThat(inVain).isEmpty();

        pass(LOOKS);
        assertThat(inVain).containsExactly(awaited(1));
    }

    @Test
    void leaveWhatGoesOnItsTime() {
        for (long match = 0; match < 10; match++) {
            awaited = awaited(1, match);
            pass(PATIENCE.minus(LOOKS));
        }

        assertThat(inVain).isEmpty();
    }

    @Test
    void leaveEachTermItsTime() {
        for (long term = 1; term < 10; term++) {
            awaited = awaited(term);
            pass(PATIENCE.minus(LOOKS));
        }

        assertThat(inVain).isEmpty();
    }

    @Test
    void areGivenTwiceThePatienceEachTimeInARow() {
        pass(PATIENCE.plus(LOOKS));
        awaited = awaited(2);
        pass(PATIENCE.multipliedBy(2));
        assertThat(inVain).hasSize(1);
        pass(LOOKS);
        assertThat(inVain).containsExactly(awaited(1), awaited(2));
    }

    @Test
    void areGivenNoMoreThanFiveMinutes() {
        Duration most = Duration.ofMinutes(5);
        for (int i = 0; i < 10; i++) {
            awaited = awaited(i);
            pass(most.plus(LOOKS));
        }
        int before = inVain.size();

        awaited = awaited(10);
        pass(most.minus(LOOKS));
        assertThat(inVain).hasSize(before);
        pass(LOOKS.multipliedBy(2));
        assertThat(inVain).hasSize(before + 1);
    }

    @Test
    void areGivenFourElectionTimeouts() {
        lost.stop();
        Duration timeout = Duration.ofSeconds(4);
        RaftSettings slow = new RaftSettings(
                SETTINGS.directory(),
                false,
                Duration.ofSeconds(2),
                timeout,
                SETTINGS.lease(),
                SETTINGS.snapshotEvery(),
                SETTINGS.timeout());
        new LostAcknowledgements(new Given(), slow, time, time.scheduler(), this::execute).start();
        for (int i = 0; i < 4; i++) {
            time.advance(timeout);
        }
        assertThat(inVain).isEmpty();

        time.advance(timeout);
        assertThat(inVain).containsExactly(awaited(1));
    }

    @Test
    void areLookedForByOneAtATime() {
        List<Runnable> tasks = new ArrayList<>();
        lost.stop();
        new LostAcknowledgements(new Given(), SETTINGS, time, time.scheduler(), tasks::add).start();
        pass(PATIENCE);
        assertThat(tasks).hasSize(1);

        tasks.remove(0).run();
        pass(LOOKS);
        assertThat(tasks).hasSize(1);
    }

    @Test
    void areGivenNoMorePatienceOnceALeaderWasAgreedWith() {
        pass(PATIENCE.plus(LOOKS));
        awaited = null;
        agreed = true;
        pass(LOOKS);
        agreed = false;
        awaited = awaited(3);
        pass(PATIENCE.plus(LOOKS));

        assertThat(inVain).containsExactly(awaited(1), awaited(3));
    }

    @Test
    void areGivenMoreThoughAnotherWasElectedMeanwhile() {
        pass(PATIENCE.plus(LOOKS));
        awaited = null;
        pass(LOOKS);
        awaited = awaited(3);
        pass(PATIENCE.plus(LOOKS));

        assertThat(inVain).containsExactly(awaited(1));
    }

    @Test
    void areNotThereWhereNothingIsAwaited() {
        awaited = null;
        pass(PATIENCE.multipliedBy(3));

        assertThat(inVain).isEmpty();
    }

    @Test
    void areSeenAnewAfterAnotherStart() {
        pass(PATIENCE.plus(LOOKS));
        lost.stop();
        lost.start();
        pass(PATIENCE.plus(LOOKS));

        assertThat(inVain).containsExactly(awaited(1), awaited(1));
    }

    @Test
    void areSeenAfterThereWasNoThread() {
        noThread = true;
        pass(LOOKS);
        noThread = false;
        pass(PATIENCE.plus(LOOKS));

        assertThat(inVain).containsExactly(awaited(1));
    }

    @Test
    void areSeenAfterALookThatFailed() {
        failure = new IllegalStateException("closing");
        pass(LOOKS);
        failure = null;
        pass(PATIENCE.plus(LOOKS));

        assertThat(inVain).containsExactly(awaited(1));
    }

    @Test
    void areNotLookedForOnceStopped() {
        lost.stop();
        pass(PATIENCE.multipliedBy(3));

        assertThat(inVain).isEmpty();
    }
}
