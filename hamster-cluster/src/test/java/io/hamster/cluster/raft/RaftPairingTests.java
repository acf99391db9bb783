package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.RecordingTracker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What trackers are told over many changes of leaders, whatever they do themselves, and at the end. */
@Tag("torture")
class RaftPairingTests {

    private static final int CHANGES = 50;

    @TempDir
    Path directory;

    private final List<RecordingTracker> trackers = new ArrayList<>();

    @Test
    void pairsCallbacksOverFiftyChangesOfLeadersAndTheEnd() throws Exception {
        try (RealNodes nodes = new RealNodes(directory)) {
            for (int node = 0; node < 3; node++) {
                follow(nodes.cluster(node), new RecordingTracker());
                follow(nodes.cluster(node), new ThrowingTracker());
                follow(nodes.cluster(node), new SlowTracker());
            }
            for (int i = 0; i < CHANGES; i++) {
                changeLeaders(nodes);
            }
            nodes.awaitLeader();
        }
        assertThat(trackers).allSatisfy(RaftPairingTests::requirePairs);
        long starts = trackers.stream()
                .filter(tracker -> tracker.getClass() == RecordingTracker.class)
                .flatMap(tracker -> tracker.calls().stream())
                .filter(call -> call.startsWith("start"))
                .count();
        assertThat(starts).isGreaterThanOrEqualTo(CHANGES);
    }

    private void follow(Cluster cluster, RecordingTracker tracker) {
        trackers.add(tracker);
        cluster.addJobTracker(tracker);
    }

    /** A resignation that fails, as one may, is tried again. */
    private static void changeLeaders(RealNodes nodes) {
        await().atMost(RealNodes.PATIENCE).until(() -> {
            for (int node = 0; node < 3; node++) {
                if (nodes.cluster(node).isLeader()) {
                    return resigned(nodes.cluster(node));
                }
            }
            return false;
        });
    }

    private static boolean resigned(Cluster leader) throws InterruptedException {
        try {
            return leader.resign().get(RealNodes.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private static void requirePairs(RecordingTracker tracker) {
        boolean started = false;
        for (String call : tracker.calls()) {
            if (call.startsWith("start")) {
                assertThat(started)
                        .as("a start within a start in %s", tracker.calls())
                        .isFalse();
                started = true;
            } else if (call.equals("stop")) {
                assertThat(started)
                        .as("a stop without a start in %s", tracker.calls())
                        .isTrue();
                started = false;
            }
        }
        assertThat(started).as("a start without a stop in %s", tracker.calls()).isFalse();
        assertThat(tracker.overlapped()).isFalse();
    }

    private static final class ThrowingTracker extends RecordingTracker {
        @Override
        protected void act(String call) {
            throw new IllegalStateException("As this tracker always does: " + call);
        }
    }

    private static final class SlowTracker extends RecordingTracker {
        @Override
        protected void act(String call) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
        }
    }
}
