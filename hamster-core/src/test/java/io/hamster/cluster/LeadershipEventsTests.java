package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.ClusterEvent.StopMaster;
import io.hamster.cluster.ClusterEvent.StopMaster.Cause;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What events, roles and callbacks follow from what the elector reports; everything runs on this thread. */
class LeadershipEventsTests {

    private static final Node A = Node.of("a", "127.0.0.1", 1);
    private static final Node B = Node.of("b", "127.0.0.1", 2);
    private static final Node C = Node.of("c", "127.0.0.1", 3);
    private static final long LEASE = Duration.ofSeconds(2).toNanos();

    private final ManualTime time = new ManualTime();
    private final ScriptedElector elector = new ScriptedElector();
    private final RecordingTracker tracker = new RecordingTracker();
    private final List<ClusterEvent> events = new ArrayList<>();
    private final Cluster cluster = Cluster.builder(A, elector, new ScriptedTransport(A, B, C))
            .time(time)
            .scheduler(time.scheduler())
            .executor(Runnable::run)
            .stopTimeout(Duration.ofMillis(100))
            .build();

    @BeforeEach
    void start() {
        cluster.addListener(events::add);
        cluster.addJobTracker(tracker);
        cluster.start();
    }

    @AfterEach
    void close() {
        elector.onResign(() -> elector.resigned().complete(null));
        cluster.close();
    }

    @Test
    void electsFromTheStart() {
        assertThat(names()).containsExactly("StartUp", "ElectionStart");
        assertThat(cluster.isElecting()).isTrue();
        assertThat(cluster.isReady()).isFalse();
        assertThat(cluster.leader()).isEmpty();

        elector.elects(1, true);

        assertThat(cluster.isCandidate()).isTrue();
        assertThat(cluster.term()).isEqualTo(1);
        assertThat(names()).hasSize(2);
    }

    @Test
    void leadsAndExtendsItsLeaseInOneLeadership() {
        leads(1);
        Leadership first = cluster.leadership().orElseThrow();
        time.advance(Duration.ofNanos(LEASE - 1));
        leads(1);
        time.advance(Duration.ofNanos(LEASE - 1));

        assertThat(cluster.leadership()).containsSame(first);
        assertThat(names()).containsExactly("StartUp", "ElectionStart", "ElectionFinish", "SignMaster");
        assertThat(tracker.calls()).containsExactly("start 1");
        assertThat(cluster.leader()).contains(A);
    }

    @Test
    void stopsLeadingAtTheDeadline() {
        leads(1);
        Leadership leadership = cluster.leadership().orElseThrow();

        time.advance(Duration.ofNanos(LEASE - 1));
        assertThat(cluster.isLeader()).isTrue();
        assertThat(tracker.calls()).containsExactly("start 1");
        time.advance(Duration.ofNanos(1));

        assertThat(cluster.isLeader()).isFalse();
        assertThat(leadership.isCurrent()).isFalse();
        assertThat(cluster.isElecting()).isTrue();
        assertThat(cluster.leader()).isEmpty();
        assertThat(tracker.calls()).containsExactly("start 1", "stop");
        assertThat(stopped()).extracting(StopMaster::cause).containsExactly(Cause.LEASE_EXPIRED);
    }

    @Test
    void doesNotNeedItsSchedulerToStopLeading() {
        ManualTime stuck = new ManualTime();
        ScriptedElector other = new ScriptedElector();
        try (Cluster paused = Cluster.builder(A, other, new ScriptedTransport(A))
                .time(time)
                .scheduler(stuck.scheduler())
                .executor(Runnable::run)
                .build()) {
            paused.addJobTracker(tracker);
            paused.start();
            other.leads(7, time.nanoTime() + LEASE);
            assertThat(paused.isLeader()).isTrue();

            time.advance(Duration.ofNanos(LEASE));

            assertThat(paused.isLeader()).isFalse();
            assertThat(paused.isReady()).isFalse();
            assertThat(paused.isElecting()).isTrue();
            assertThat(paused.leadership()).isEmpty();
            // A confirmation that comes too late begins another leadership, even in the same term.
            other.leads(7, time.nanoTime() + LEASE);
            assertThat(tracker.calls()).containsExactly("start 7", "stop", "start 7");
            other.onResign(() -> other.resigned().complete(null));
        }
    }

    @Test
    void ignoresALeaseThatIsOverWhenItArrives() {
        elector.leads(1, time.nanoTime());

        assertThat(cluster.isLeader()).isFalse();
        assertThat(names()).containsExactly("StartUp", "ElectionStart");
        assertThat(tracker.calls()).isEmpty();
    }

    @Test
    void neverMovesALeaseBack() {
        elector.leads(1, time.nanoTime() + LEASE);
        elector.leads(1, time.nanoTime() + LEASE / 2);

        time.advance(Duration.ofNanos(LEASE - 1));

        assertThat(cluster.isLeader()).isTrue();
    }

    @Test
    void followsAndIsToldOnceForEachLeaderAndTerm() {
        elector.follows(1, "b");
        elector.follows(1, "b");
        elector.follows(2, "c");

        assertThat(cluster.isFollower()).isTrue();
        assertThat(cluster.leader()).contains(C);
        assertThat(tracker.calls()).containsExactly("leader b", "leader c");
        assertThat(names())
                .containsExactly(
                        "StartUp",
                        "ElectionStart",
                        "ElectionFinish",
                        "SignFollower",
                        "ElectionStart",
                        "ElectionFinish",
                        "SignFollower");
    }

    @Test
    void releasesALeaderThatIsOutOfReach() {
        elector.follows(1, "b");
        elector.elects(1, false);
        elector.elects(2, true);

        assertThat(cluster.isReady()).isFalse();
        assertThat(tracker.calls()).containsExactly("leader b", "release");
        assertThat(names()).endsWith("SignFollower", "ReleaseMaster", "ElectionStart");
    }

    @Test
    void stopsWhenAnotherLeads() {
        leads(1);
        elector.follows(2, "b");

        assertThat(cluster.isLeader()).isFalse();
        assertThat(tracker.calls()).containsExactly("start 1", "stop", "leader b");
        assertThat(stopped()).extracting(StopMaster::cause).containsExactly(Cause.DEPOSED);
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void stopsBetweenTwoOfItsOwnTerms() {
        leads(1);
        leads(3);

        assertThat(tracker.calls()).containsExactly("start 1", "stop", "start 3");
        assertThat(cluster.leadership().orElseThrow().term()).isEqualTo(3);
    }

    @Test
    void noticesTheEndOfAShorterLeaseThanTheOneBefore() {
        elector.leads(1, time.nanoTime() + 100 * LEASE);
        elector.leads(2, time.nanoTime() + LEASE);

        time.advance(Duration.ofNanos(LEASE));

        assertThat(tracker.calls()).containsExactly("start 1", "stop", "start 2", "stop");
    }

    @Test
    void ignoresReportsOfAnEarlierTerm() {
        elector.follows(5, "b");
        leads(4);

        assertThat(cluster.isLeader()).isFalse();
        assertThat(cluster.term()).isEqualTo(5);
        assertThat(cluster.leader()).contains(B);
    }

    @Test
    void takesItsOwnNameAsLeaderForNoLeader() {
        elector.follows(1, "a");

        assertThat(cluster.isFollower()).isFalse();
        assertThat(cluster.isReady()).isFalse();
    }

    @Test
    void isNotReadyWhileItsLeaderIsNoMember() {
        elector.follows(1, "d");

        assertThat(cluster.leader()).isEmpty();
        assertThat(cluster.isReady()).isFalse();
    }

    @Test
    void resignsOnceItsTrackersHaveStopped() {
        leads(1);
        List<String> atResignation = new ArrayList<>();
        elector.onResign(() -> {
            assertThat(cluster.isLeader()).isFalse();
            atResignation.addAll(tracker.calls());
        });

        var resigning = cluster.resign();

        assertThat(atResignation).containsExactly("start 1", "stop");
        assertThat(elector.asked()).containsExactly("start", "resign workEnded=true forGood=false");
        // The elector still confirms the old leadership while it hands it over.
        leads(1);
        assertThat(cluster.isLeader()).isFalse();
        assertThat(resigning).isNotDone();
        elector.follows(2, "b");
        elector.resigned().complete(null);
        assertThat(resigning).isCompletedWithValue(true);
        assertThat(tracker.calls()).containsExactly("start 1", "stop", "leader b");
        assertThat(stopped()).extracting(StopMaster::cause).containsExactly(Cause.RESIGNED);
    }

    @Test
    void keepsLeadingWhenItCannotHandOver() {
        leads(1);

        var resigning = cluster.resign();
        elector.resigned().completeExceptionally(new IllegalStateException("no quorum"));

        assertThat(resigning).isCompletedExceptionally();
        assertThat(cluster.isLeader()).isTrue();
        assertThat(tracker.calls()).containsExactly("start 1", "stop", "start 1");
    }

    @Test
    void givesUpAResignationThatTheElectorNeverEnds() {
        leads(1);

        var resigning = cluster.resign();
        time.advance(Duration.ofMillis(100));

        assertThat(resigning).isCompletedExceptionally();
        assertThat(cluster.isLeader()).isTrue();
    }

    @Test
    void hasNothingToResignWhenItFollows() {
        elector.follows(1, "b");

        assertThat(cluster.resign()).isCompletedWithValue(false);
        assertThat(elector.asked()).containsExactly("start");
    }

    @Test
    void doesNotLeadAgainOnceWithdrawn() {
        leads(1);
        var withdrawing = cluster.withdraw();
        elector.elects(1, false);
        elector.resigned().complete(null);
        assertThat(withdrawing).isCompletedWithValue(true);

        leads(2);

        assertThat(cluster.isLeader()).isFalse();
        assertThat(elector.asked()).endsWith("resign workEnded=true forGood=true");
        elector.follows(3, "b");
        assertThat(cluster.isFollower()).isTrue();
        assertThat(tracker.calls()).containsExactly("start 1", "stop", "leader b");
    }

    @Test
    void withdrawsAsFollowerToo() {
        elector.follows(1, "b");
        var withdrawing = cluster.withdraw();
        elector.resigned().complete(null);

        assertThat(withdrawing).isCompletedWithValue(false);
        leads(2);
        assertThat(cluster.isLeader()).isFalse();
    }

    @Test
    void closesInOrder() {
        leads(1);
        List<String> order = new ArrayList<>();
        elector.onResign(() -> {
            order.addAll(tracker.calls());
            order.add("resign");
            elector.resigned().complete(null);
        });

        cluster.close();

        assertThat(order).containsExactly("start 1", "stop", "resign");
        assertThat(elector.asked()).containsExactly("start", "resign workEnded=true forGood=true", "close");
        assertThat(names()).endsWith("SignMaster", "StopMaster", "Close");
        assertThat(stopped()).extracting(StopMaster::cause).containsExactly(Cause.CLOSED);
        assertThat(cluster.isElecting()).isFalse();
        assertThat(cluster.isClosed()).isTrue();
        assertThat(time.pendingTasks()).isZero();
        leads(2);
        assertThat(cluster.isLeader()).isFalse();
        assertThat(tracker.calls()).hasSize(2);
    }

    @Test
    void closesInOrderThoughATrackerFailsInAllItDoes() {
        cluster.addJobTracker(new JobTracker() {
            @Override
            public String name() {
                throw new IllegalStateException("planned");
            }

            @Override
            public void onStoppedLeading() {
                throw new IllegalStateException("planned");
            }

            @Override
            public boolean hasStopped() {
                throw new IllegalStateException("planned");
            }
        });
        leads(1);
        assertThat(cluster.jobTrackerNames()).hasSize(2).contains("RecordingTracker");
        elector.onResign(() -> elector.resigned().complete(null));

        cluster.close();

        assertThat(tracker.calls()).containsExactly("start 1", "stop");
        assertThat(elector.asked()).containsExactly("start", "resign workEnded=false forGood=true", "close");
        assertThat(names()).endsWith("Close");
    }

    @Test
    void closesThoughItsElectorFailsWithAnError() {
        leads(1);
        elector.onResign(() -> {
            throw new NoClassDefFoundError("planned");
        });

        cluster.close();

        assertThat(elector.asked()).endsWith("close");
        assertThat(names()).endsWith("Close");
    }

    @Test
    void leavesTheLeaseToRunOutWhenTheElectorCannotHandOverAtClose() {
        leads(1);
        elector.onResign(() -> {
            throw new IllegalStateException("no connection");
        });

        cluster.close();

        assertThat(elector.asked()).endsWith("close");
        assertThat(cluster.isClosed()).isTrue();
    }

    @Test
    void takesTimesThatNobodyCanCountForForever() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        leads(1);
        assertThat(cluster.awaitReady(forever)).isTrue();
        Cluster patient = Cluster.builder(A, new ScriptedElector(), new ScriptedTransport(A))
                .time(time)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .readyTimeout(forever)
                .stopTimeout(forever)
                .build();
        patient.start();

        patient.close();

        assertThat(patient.awaitReady()).isFalse();
        assertThat(patient.isClosed()).isTrue();
    }

    @Test
    void tellsNewTrackersTheSituation() {
        RecordingTracker second = new RecordingTracker();
        RecordingTracker third = new RecordingTracker();
        leads(1);
        cluster.addJobTracker(second);
        cluster.addJobTracker(second);
        elector.follows(2, "b");
        cluster.addJobTracker(third);

        assertThat(second.calls()).containsExactly("start 1", "stop", "leader b");
        assertThat(third.calls()).containsExactly("leader b");
    }

    @Test
    void stopsTrackersThatAreRemoved() {
        leads(1);

        cluster.removeJobTracker(tracker);
        assertThat(tracker.calls()).containsExactly("start 1", "stop");
        elector.follows(2, "b");
        assertThat(tracker.calls()).hasSize(2);
        cluster.removeJobTracker(tracker);
        cluster.addJobTracker(tracker);

        assertThat(tracker.calls()).containsExactly("start 1", "stop", "leader b");
    }

    private void leads(long term) {
        elector.leads(term, time.nanoTime() + LEASE);
    }

    private List<String> names() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    private List<StopMaster> stopped() {
        return events.stream()
                .filter(StopMaster.class::isInstance)
                .map(StopMaster.class::cast)
                .toList();
    }
}
