package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamster.InvalidExpirationException;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class DefaultJobTrackerTests {

    private static final Node A = Node.of("a", "127.0.0.1", 1);
    private static final Node B = Node.of("b", "127.0.0.1", 2);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final long LEASE = Duration.ofSeconds(25).toNanos();

    private final ManualTime time = new ManualTime();
    private final ScriptedElector elector = new ScriptedElector();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Cluster cluster = Cluster.builder(A, elector, new ScriptedTransport(A, B))
            .time(time)
            .scheduler(time.scheduler())
            .executor(Runnable::run)
            .stopTimeout(Duration.ofSeconds(30))
            .build();
    private final Noting caller = new Noting();

    @BeforeEach
    void start() {
        elector.onResign(() -> elector.resigned().complete(null));
        cluster.start();
    }

    @AfterEach
    void close() {
        cluster.close();
        executor.shutdownNow();
    }

    @Test
    void runsAtOnceAndThenAtAFixedDelayOnTheLeader() {
        tracker(caller).start();
        leads(1);
        assertThat(caller.calls).containsExactly("start 1", "master");

        time.advance(INTERVAL.multipliedBy(2));

        assertThat(caller.calls).containsExactly("start 1", "master", "master", "master");
    }

    @Test
    void runsTheOtherWorkOnFollowers() {
        tracker(caller).start();
        elector.follows(1, "b");
        time.advance(INTERVAL);
        elector.elects(2, false);
        time.advance(INTERVAL);
        leads(2);

        assertThat(caller.calls).containsExactly("leader b", "slaver b", "slaver b", "release", "start 2", "master");
    }

    @Test
    void looksAtLeadershipBeforeEachRun() {
        // On clocks of their own, so that only the tracker can notice that the lease has run out.
        ManualTime runs = new ManualTime();
        ManualTime unnoticed = new ManualTime();
        ScriptedElector other = new ScriptedElector();
        other.onResign(() -> other.resigned().complete(null));
        try (Cluster paused = Cluster.builder(A, other, new ScriptedTransport(A))
                .time(time)
                .scheduler(unnoticed.scheduler())
                .executor(Runnable::run)
                .build()) {
            Noting noting = new Noting();
            DefaultJobTracker.builder(INTERVAL, paused, noting)
                    .scheduler(runs.scheduler())
                    .executor(Runnable::run)
                    .build()
                    .start();
            paused.start();
            other.leads(1, time.nanoTime() + LEASE);
            runs.advance(INTERVAL);
            assertThat(noting.calls).containsExactly("start 1", "master", "master");

            time.advance(Duration.ofNanos(LEASE));
            runs.advance(INTERVAL.multipliedBy(3));

            assertThat(noting.calls).containsExactly("start 1", "master", "master");
            assertThat(runs.pendingTasks()).isZero();
        }
    }

    @Test
    void goesOnAfterARunOrACallbackThatFails() {
        Noting failing = new Noting() {
            @Override
            void act(String call) {
                throw new IllegalStateException("planned");
            }
        };
        tracker(failing, caller).start();
        leads(1);
        time.advance(INTERVAL);
        elector.elects(2, false);

        assertThat(failing.calls).containsExactly("start 1", "master", "master", "stop");
        assertThat(caller.calls).isEqualTo(failing.calls);
    }

    @Test
    void goesOnAfterACallbackThatFailsWithAnError() {
        Noting failing = new Noting() {
            @Override
            void act(String call) {
                throw new NoClassDefFoundError("planned");
            }
        };
        tracker(failing, caller).start();
        leads(1);

        assertThat(failing.calls).containsExactly("start 1", "master");
        assertThat(caller.calls).isEqualTo(failing.calls);
    }

    @Test
    void interruptsTheRunThatLosesItsLeadershipAndWaitsForIt() {
        Noting working = new Noting() {
            @Override
            void act(String call) throws InterruptedException {
                if (call.equals("master")) {
                    try {
                        new Semaphore(0).acquire();
                    } finally {
                        calls.add("interrupted");
                    }
                }
            }
        };
        DefaultJobTracker tracker = threaded(Duration.ofSeconds(30), working);
        tracker.start();
        leads(1);
        await().until(() -> working.calls.contains("master"));

        time.advance(Duration.ofNanos(LEASE));

        assertThat(working.calls).containsExactly("start 1", "master", "interrupted", "stop");
        tracker.stop();
    }

    @Test
    void endsAFollowersRunWhenItsClusterCloses() {
        Noting working = new Noting() {
            @Override
            void act(String call) throws InterruptedException {
                if (call.startsWith("slaver")) {
                    try {
                        new Semaphore(0).acquire();
                    } finally {
                        calls.add("interrupted");
                    }
                }
            }
        };
        threaded(Duration.ofSeconds(30), working).start();
        elector.follows(1, "b");
        await().until(() -> working.calls.contains("slaver b"));

        cluster.close();

        assertThat(working.calls).containsExactly("leader b", "slaver b", "interrupted");
    }

    @Test
    void waitsForNothingWhenAFollowersRunClosesItsCluster() {
        ScriptedElector other = new ScriptedElector();
        Cluster closed = Cluster.builder(A, other, new ScriptedTransport(A, B))
                .time(time)
                .scheduler(time.scheduler())
                .executor(executor)
                .stopTimeout(Duration.ofSeconds(30))
                .build();
        Noting closing = new Noting() {
            @Override
            void act(String call) {
                if (call.startsWith("slaver")) {
                    closed.close();
                    calls.add("closed");
                }
            }
        };
        DefaultJobTracker.builder(INTERVAL, closed, closing)
                .scheduler(time.scheduler())
                .executor(executor)
                .stopTimeout(Duration.ofSeconds(30))
                .build()
                .start();
        closed.start();

        other.follows(1, "b");

        await().until(() -> closing.calls.contains("closed"));
        assertThat(closing.calls).containsExactly("leader b", "slaver b", "closed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void warnsOfAnOverlapWithTheNextLeaderOnlyForALeadersRun(boolean leading) {
        CountDownLatch release = new CountDownLatch(1);
        Noting stuck = new Stuck(release);
        DefaultJobTracker tracker = threaded(Duration.ofMillis(20), stuck);
        tracker.start();
        if (leading) {
            leads(1);
        } else {
            elector.follows(1, "b");
        }
        await().until(() -> stuck.calls.size() == 2);

        List<String> lines = warnings(tracker::stop);
        release.countDown();

        assertThat(lines).isNotEmpty().allMatch(line -> line.contains("overlap with the next leader") == leading);
    }

    /** A caller whose runs ignore interrupts. */
    private static final class Stuck extends Noting {

        private final CountDownLatch release;

        private Stuck(CountDownLatch release) {
            this.release = release;
        }

        @Override
        void act(String call) {
            boolean waiting = call.equals("master") || call.startsWith("slaver");
            while (waiting) {
                try {
                    release.await();
                    waiting = false;
                } catch (InterruptedException e) {
                    calls.add("ignored");
                }
            }
        }
    }

    private static List<String> warnings(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger(DefaultJobTracker.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        logger.addAppender(lines);
        logger.setAdditive(false);
        lines.start();
        try {
            work.run();
        } finally {
            logger.detachAppender(lines);
            logger.setAdditive(true);
        }
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void neverRunsACallerTwiceAtOnceThoughItIgnoresItsInterrupt() {
        CountDownLatch release = new CountDownLatch(1);
        Noting stuck = new Stuck(release);
        DefaultJobTracker tracker = threaded(Duration.ofMillis(20), stuck);
        tracker.start();
        leads(1);
        await().until(() -> stuck.calls.contains("master"));

        elector.follows(2, "b");
        time.advance(INTERVAL);
        await().until(() -> stuck.calls.contains("ignored"));
        assertThat(stuck.calls).startsWith("start 1", "master").contains("stop", "leader b");
        assertThat(stuck.calls).doesNotContain("slaver b");
        release.countDown();

        await().until(() -> {
            time.advance(INTERVAL);
            return stuck.calls.contains("slaver b");
        });
        tracker.stop();
    }

    @Test
    void doesNotHoldUpACallerByAnother() {
        CountDownLatch release = new CountDownLatch(1);
        Noting slow = new Noting() {
            @Override
            void act(String call) throws InterruptedException {
                if (call.equals("master")) {
                    release.await();
                }
            }
        };
        DefaultJobTracker tracker = threaded(Duration.ofSeconds(30), slow, caller);
        tracker.start();
        leads(1);

        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            leads(1);
            return caller.calls.stream().filter("master"::equals).count() >= 3;
        });

        assertThat(slow.calls).containsExactly("start 1", "master");
        release.countDown();
        tracker.stop();
    }

    @Test
    void endsWhenItIsStoppedAndWhenItsClusterCloses() {
        DefaultJobTracker stopped = tracker(new Noting());
        Noting other = new Noting();
        stopped.start();
        tracker(other).start();
        elector.follows(1, "b");

        stopped.stop();
        cluster.close();
        time.advance(INTERVAL.multipliedBy(10));

        assertThat(other.calls).containsExactly("leader b", "slaver b");
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void stopsLeadingWhenItIsStopped() {
        DefaultJobTracker tracker = tracker(caller);
        tracker.start();
        leads(1);

        tracker.close();
        time.advance(INTERVAL);
        tracker.start();

        assertThat(caller.calls).containsExactly("start 1", "master", "stop", "start 1", "master");
    }

    @Test
    void makesItsOwnThreadsAndGivesThemBack() {
        Noting noting = new Noting();
        DefaultJobTracker tracker = new DefaultJobTracker(Duration.ofMillis(5), cluster, noting);
        tracker.start();
        leads(1);
        await().until(() -> noting.calls.stream().filter("master"::equals).count() >= 3);

        tracker.stop();

        assertThat(noting.calls).endsWith("stop");
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("hamster-" + tracker.name())));
    }

    @Test
    void checksWhatItIsBuiltFrom() {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> new DefaultJobTracker(Duration.ZERO, cluster, caller))
                .withMessageContaining("at least 1 ms");
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> new DefaultJobTracker(INTERVAL, cluster));
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() ->
                        DefaultJobTracker.builder(INTERVAL, cluster, caller).stopTimeout(Duration.ofMillis(-1)));
    }

    private void leads(long term) {
        elector.leads(term, time.nanoTime() + LEASE);
    }

    private DefaultJobTracker tracker(Caller... callers) {
        return DefaultJobTracker.builder(INTERVAL, cluster, callers)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .build();
    }

    private DefaultJobTracker threaded(Duration stopTimeout, Caller... callers) {
        return DefaultJobTracker.builder(INTERVAL, cluster, callers)
                .name("threaded")
                .scheduler(time.scheduler())
                .executor(executor)
                .stopTimeout(stopTimeout)
                .build();
    }

    private static class Noting implements Caller {

        final List<String> calls = new CopyOnWriteArrayList<>();

        void act(String call) throws InterruptedException {}

        @Override
        public void masterCall() throws InterruptedException {
            calls.add("master");
            act("master");
        }

        @Override
        public void slaverCall(String leader) throws InterruptedException {
            calls.add("slaver " + leader);
            act("slaver " + leader);
        }

        @Override
        public void onStartedLeading(long term) {
            note("start " + term);
        }

        @Override
        public void onStoppedLeading() {
            note("stop");
        }

        @Override
        public void onNewLeader(String leader) {
            note("leader " + leader);
        }

        @Override
        public void onReleaseMaster() {
            note("release");
        }

        private void note(String call) {
            calls.add(call);
            try {
                act(call);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
