package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trackers that throw, block and dawdle, on real threads: pairing, order and independence. */
class TrackerPairingTests {

    private static final Node A = Node.of("a", "127.0.0.1", 1);
    private static final Node B = Node.of("b", "127.0.0.1", 2);
    private static final long LEASE = Duration.ofSeconds(2).toNanos();

    private final ManualTime time = new ManualTime();
    private final ScriptedElector elector = new ScriptedElector();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Cluster cluster = cluster(Duration.ofSeconds(30));

    @BeforeEach
    void resignAtOnce() {
        elector.onResign(() -> elector.resigned().complete(null));
    }

    @AfterEach
    void close() {
        cluster.close();
        executor.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void pairsOverFiftyChangesAndACloseInTheMiddle(long seed) throws InterruptedException {
        Random random = new Random(seed);
        List<RecordingTracker> trackers =
                List.of(new RecordingTracker(), throwing(), dawdling(seed), new RecordingTracker() {
                    @Override
                    protected void act(String call) {
                        dawdle(seed);
                        throw new IllegalStateException("planned");
                    }
                });
        trackers.forEach(cluster::addJobTracker);
        cluster.start();
        Thread closer = new Thread(cluster::close);
        elector.leads(1, time.nanoTime() + LEASE);
        await().until(() ->
                trackers.stream().noneMatch(tracker -> tracker.calls().isEmpty()));

        for (int term = 2; term <= 51; term++) {
            switch (random.nextInt(4)) {
                case 0 -> elector.follows(term, "b");
                case 1 -> time.advance(Duration.ofNanos(LEASE));
                case 2 -> elector.elects(term, true);
                default -> {}
            }
            elector.leads(term, time.nanoTime() + LEASE);
            LockSupport.parkNanos(random.nextInt(300_000));
            if (term == 40) {
                closer.start();
            }
        }
        closer.join();

        assertThat(trackers).allSatisfy(tracker -> {
            assertPaired(tracker.calls());
            assertThat(tracker.overlapped()).isFalse();
            assertThat(tracker.calls()).startsWith("start 1");
            assertThat(tracker.calls().get(tracker.calls().size() - 1)).doesNotStartWith("start");
        });
        assertThat(elector.asked()).endsWith("close");
    }

    @Test
    void tellsATrackerThatKeepsUpEveryOneOfFiftyLeaderships() throws InterruptedException {
        Semaphore told = new Semaphore(0);
        RecordingTracker fast = new RecordingTracker() {
            @Override
            protected void act(String call) {
                told.release();
            }
        };
        List<String> expected = new ArrayList<>();
        cluster.addJobTracker(fast);
        cluster.start();

        for (int term = 1; term <= 50; term++) {
            elector.leads(term, time.nanoTime() + LEASE);
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            elector.elects(term, false);
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            expected.addAll(List.of("start " + term, "stop"));
        }

        assertThat(fast.calls()).isEqualTo(expected);
    }

    @Test
    void isNotHeldUpByATrackerThatBlocks() {
        CountDownLatch release = new CountDownLatch(1);
        RecordingTracker blocking = new RecordingTracker() {
            @Override
            protected void act(String call) {
                awaitUninterruptibly(release);
            }
        };
        RecordingTracker other = new RecordingTracker();
        cluster.addJobTracker(blocking);
        cluster.addJobTracker(other);
        cluster.start();
        elector.leads(1, time.nanoTime() + LEASE);
        await().until(() -> !blocking.calls().isEmpty());

        for (int term = 2; term <= 50; term++) {
            elector.follows(term, "b");
            elector.leads(term, time.nanoTime() + LEASE);
        }
        elector.follows(51, "b");

        await().untilAsserted(() -> assertThat(other.calls()).endsWith("leader b"));
        assertPaired(other.calls());
        assertThat(blocking.calls()).containsExactly("start 1");
        release.countDown();
        // What was over before it could be told is not told late.
        await().untilAsserted(() -> assertThat(blocking.calls()).containsExactly("start 1", "stop", "leader b"));
    }

    @Test
    void interruptsAStartWhoseLeadershipIsOver() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Semaphore never = new Semaphore(0);
        RecordingTracker working = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.startsWith("start")) {
                    try {
                        interrupted.complete(never.tryAcquire(1, TimeUnit.MINUTES));
                    } catch (InterruptedException e) {
                        interrupted.complete(true);
                    }
                }
            }
        };
        cluster.addJobTracker(working);
        cluster.start();
        elector.leads(1, time.nanoTime() + LEASE);
        await().until(() -> !working.calls().isEmpty());

        time.advance(Duration.ofNanos(LEASE));

        assertThat(interrupted).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
        await().untilAsserted(() -> assertThat(working.calls()).containsExactly("start 1", "stop"));
    }

    @Test
    void doesNotCarryAnInterruptOverToTheNextCall() {
        CompletableFuture<Boolean> flagAtStop = new CompletableFuture<>();
        RecordingTracker spinning = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.equals("stop")) {
                    flagAtStop.complete(Thread.currentThread().isInterrupted());
                } else {
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                }
            }
        };
        cluster.addJobTracker(spinning);
        cluster.start();
        elector.leads(1, time.nanoTime() + LEASE);
        await().until(() -> !spinning.calls().isEmpty());

        elector.elects(1, false);

        assertThat(flagAtStop).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(false);
    }

    @Test
    void handsLeadershipOverOnlyOnceTrackersHaveStopped() {
        CountDownLatch release = new CountDownLatch(1);
        RecordingTracker slow = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.equals("stop")) {
                    awaitUninterruptibly(release);
                }
            }
        };
        cluster.addJobTracker(slow);
        cluster.start();
        elector.leads(1, time.nanoTime() + 100 * LEASE);
        await().until(() -> !slow.calls().isEmpty());

        CompletableFuture<Boolean> resigned = cluster.resign();
        await().until(() -> slow.calls().contains("stop"));
        assertThat(elector.asked()).containsExactly("start");
        assertThat(cluster.isLeader()).isFalse();
        release.countDown();

        assertThat(resigned).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
        assertThat(elector.asked()).containsExactly("start", "resign workEnded=true forGood=false");
    }

    @Test
    void leavesTheLeaseToRunOutWhenATrackerDoesNotStopInTime() {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        RecordingTracker stuck = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.equals("stop")) {
                    interrupted.complete(awaitUninterruptibly(release));
                }
            }
        };
        cluster.addJobTracker(stuck);
        cluster.start();
        elector.leads(1, time.nanoTime() + 100 * LEASE);
        await().until(() -> !stuck.calls().isEmpty());

        CompletableFuture<Boolean> resigned = cluster.resign();
        await().until(() -> stuck.calls().contains("stop"));
        time.advance(Duration.ofSeconds(30));

        assertThat(resigned).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
        assertThat(elector.asked()).containsExactly("start", "resign workEnded=false forGood=false");
        release.countDown();
        assertThat(interrupted).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
    }

    @Test
    void leavesTheLeaseToRunOutWhileATrackersWorkGoesOn() {
        AtomicBoolean works = new AtomicBoolean(true);
        RecordingTracker tracker = new RecordingTracker() {
            @Override
            public boolean hasStopped() {
                return !works.get();
            }
        };
        cluster.addJobTracker(tracker);
        cluster.start();
        elector.leads(1, time.nanoTime() + 100 * LEASE);
        await().until(() -> !tracker.calls().isEmpty());

        assertThat(cluster.resign()).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
        assertThat(elector.asked()).containsExactly("start", "resign workEnded=false forGood=false");
        assertThat(tracker.calls()).contains("stop");
    }

    @Test
    void closesInBoundedTimeAndKeepsTheLeaseFromBeingHandedOverWhileWorkGoesOn() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        RecordingTracker stuck = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.equals("stop")) {
                    interrupted.set(awaitUninterruptibly(release));
                }
            }
        };
        // Of real time, and enough for the call to begin that is interrupted then.
        Cluster impatient = cluster(Duration.ofSeconds(4));
        impatient.addJobTracker(stuck);
        impatient.start();
        elector.leads(1, time.nanoTime() + LEASE);
        await().until(() -> !stuck.calls().isEmpty());

        impatient.close();

        assertThat(elector.asked()).containsExactly("start", "resign workEnded=false forGood=true", "close");
        assertThat(impatient.isClosed()).isTrue();
        release.countDown();
        await().untilTrue(interrupted);
        assertThat(stuck.calls()).containsExactly("start 1", "stop");
    }

    @Test
    void canBeClosedByATracker() {
        AtomicReference<Boolean> closed = new AtomicReference<>();
        RecordingTracker closing = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.startsWith("start")) {
                    cluster.close();
                    closed.set(cluster.isClosed());
                }
            }
        };
        cluster.addJobTracker(closing);
        cluster.start();

        elector.leads(1, time.nanoTime() + LEASE);

        await().untilAsserted(() -> assertThat(closed).hasValue(true));
        await().untilAsserted(() -> assertThat(closing.calls()).containsExactly("start 1", "stop"));
    }

    @Test
    void goesOnInTheSameQueueWhenATrackerIsRemovedAndAddedWhileItStops() {
        CountDownLatch release = new CountDownLatch(1);
        RecordingTracker tracker = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.equals("stop")) {
                    awaitUninterruptibly(release);
                }
            }
        };
        cluster.addJobTracker(tracker);
        cluster.start();
        elector.leads(1, time.nanoTime() + LEASE);
        await().until(() -> !tracker.calls().isEmpty());

        cluster.removeJobTracker(tracker);
        await().until(() -> tracker.calls().size() == 2);
        cluster.addJobTracker(tracker);
        release.countDown();

        await().untilAsserted(() -> assertThat(tracker.calls()).containsExactly("start 1", "stop", "start 1"));
        assertThat(tracker.overlapped()).isFalse();
    }

    @Test
    void runsCallbacksThoughItsExecutorRefusesWork() {
        executor.shutdown();
        RecordingTracker tracker = new RecordingTracker();
        cluster.addJobTracker(tracker);
        cluster.start();
        elector.leads(1, time.nanoTime() + LEASE);
        await().untilAsserted(() -> assertThat(tracker.calls()).containsExactly("start 1"));

        cluster.close();

        assertThat(tracker.calls()).containsExactly("start 1", "stop");
    }

    @Test
    void tellsLaterWhatThereWasNoThreadFor() {
        AtomicBoolean noThread = new AtomicBoolean();
        RecordingTracker tracker = new RecordingTracker();
        List<ClusterEvent> events = new ArrayList<>();
        try (Cluster starved = Cluster.builder(A, elector, new ScriptedTransport(A, B))
                .time(time)
                .scheduler(time.scheduler())
                .executor(task -> {
                    if (noThread.get()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    task.run();
                })
                .build()) {
            starved.addJobTracker(tracker);
            starved.addListener(events::add);
            starved.start();
            elector.leads(1, time.nanoTime() + LEASE);

            noThread.set(true);
            elector.follows(2, "b");
            assertThat(starved.isLeader()).isFalse();
            assertThat(tracker.calls()).containsExactly("start 1");
            noThread.set(false);
            time.advance(Duration.ofSeconds(1));

            assertThat(tracker.calls()).containsExactly("start 1", "stop", "leader b");
            assertThat(events).last().isInstanceOf(ClusterEvent.SignFollower.class);
        }
    }

    @Test
    void tellsWithTheNextChangeWhatNobodyCouldBeAskedToTell() {
        Starvation machine = new Starvation();
        RecordingTracker tracker = new RecordingTracker();
        List<ClusterEvent> events = new ArrayList<>();
        try (Cluster starved = starved(machine)) {
            starved.addJobTracker(tracker);
            starved.addListener(events::add);
            starved.start();
            elector.leads(1, time.nanoTime() + LEASE);

            machine.begin();
            assertThatCode(() -> elector.follows(2, "b")).doesNotThrowAnyException();
            assertThat(tracker.calls()).containsExactly("start 1");
            machine.end();
            elector.follows(3, "b");

            assertThat(tracker.calls()).containsExactly("start 1", "stop", "leader b");
            assertThat(events).last().isEqualTo(new ClusterEvent.SignFollower(time.instant(), 3, "b"));
        }
    }

    @Test
    void makesOneCallAtATimeThoughItsSchedulerKeptWhatItHadNoThreadFor() {
        Starvation machine = new Starvation();
        RecordingTracker tracker = new RecordingTracker() {
            @Override
            protected void act(String call) {
                if (call.equals("leader b")) {
                    elector.elects(4, true);
                    time.advance(Duration.ofSeconds(1));
                }
            }
        };
        try (Cluster starved = starved(machine)) {
            starved.addJobTracker(tracker);
            starved.start();
            machine.beginKeepingWork();
            assertThatCode(() -> elector.follows(2, "b")).doesNotThrowAnyException();
            machine.end();

            elector.follows(3, "b");

            assertThat(tracker.calls()).containsExactly("leader b", "release");
            assertThat(tracker.overlapped()).isFalse();
        }
    }

    private Cluster starved(Starvation machine) {
        return Cluster.builder(A, elector, new ScriptedTransport(A, B))
                .time(time)
                .scheduler(machine.scheduler(time.scheduler()))
                .executor(machine.executor(Runnable::run))
                .build();
    }

    @Test
    void dropsEventsOfAListenerThatIsFarBehindAndOfNoOther() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        Semaphore told = new Semaphore(0);
        List<ClusterEvent> slow = new CopyOnWriteArrayList<>();
        List<ClusterEvent> fast = new CopyOnWriteArrayList<>();
        cluster.addListener(event -> {
            awaitUninterruptibly(release);
            slow.add(event);
        });
        cluster.addListener(event -> {
            fast.add(event);
            told.release();
        });
        cluster.start();
        assertThat(told.tryAcquire(2, 30, TimeUnit.SECONDS)).isTrue();

        for (int term = 1; fast.size() < 2 * EventQueue.LIMIT; term++) {
            elector.follows(term, "b");
            assertThat(told.tryAcquire(term == 1 ? 2 : 3, 30, TimeUnit.SECONDS)).isTrue();
        }
        release.countDown();

        await().until(() -> slow.size() >= EventQueue.LIMIT);
        // The one that it was busy with, and as many as its queue holds.
        assertThat(slow).hasSizeLessThanOrEqualTo(EventQueue.LIMIT + 1);
        assertThat(fast.subList(0, slow.size())).isEqualTo(slow);
    }

    private Cluster cluster(Duration stopTimeout) {
        return Cluster.builder(A, elector, new ScriptedTransport(A, B))
                .time(time)
                .scheduler(time.scheduler())
                .executor(executor)
                .stopTimeout(stopTimeout)
                .build();
    }

    private static RecordingTracker throwing() {
        return new RecordingTracker() {
            @Override
            protected void act(String call) {
                throw new IllegalStateException("planned");
            }
        };
    }

    private static RecordingTracker dawdling(long seed) {
        return new RecordingTracker() {
            @Override
            protected void act(String call) {
                dawdle(seed);
            }
        };
    }

    private static void dawdle(long seed) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200 * seed));
    }

    /** Waits whatever happens; true if it was interrupted meanwhile. */
    private static boolean awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private static void assertPaired(List<String> calls) {
        boolean leading = false;
        long term = 0;
        for (String call : calls) {
            if (call.startsWith("start ")) {
                long next = Long.parseLong(call.substring(6));
                assertThat(leading).as("a start follows a stop in %s", calls).isFalse();
                assertThat(next).as("terms don't go back in %s", calls).isGreaterThanOrEqualTo(term);
                leading = true;
                term = next;
            } else if (call.equals("stop")) {
                assertThat(leading).as("a stop follows a start in %s", calls).isTrue();
                leading = false;
            } else {
                assertThat(leading)
                        .as("no leader is announced while this node leads in %s", calls)
                        .isFalse();
            }
        }
        assertThat(leading).as("the last start has its stop in %s", calls).isFalse();
    }
}
