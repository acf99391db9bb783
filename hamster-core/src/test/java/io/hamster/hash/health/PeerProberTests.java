package io.hamster.hash.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamster.InvalidExpirationException;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.RingPeerPicker;
import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class PeerProberTests {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(PeerProber.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final ProbeSettings SETTINGS = new ProbeSettings(INTERVAL, TIMEOUT, 2, 3, 8);

    private final ManualTime time = new ManualTime();
    private final RingPeerPicker picker = RingPeerPicker.builder()
            .peers(List.of(new Peer("a", "a:1"), new Peer("b", "b:1")))
            .build();
    private final Set<String> down = ConcurrentHashMap.newKeySet();
    private final List<String> probed = Collections.synchronizedList(new ArrayList<>());
    private final PeerProber prober = new PeerProber(picker, this::probe, SETTINGS, time.scheduler(), Runnable::run);
    private boolean begun;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        prober.close();
        threads.shutdownNow();
    }

    @Test
    void probesEveryPeerAtOnceAndThenEachInterval() {
        prober.start();
        prober.start();
        assertThat(probed).isEmpty();
        pass(Duration.ofNanos(1));
        assertThat(probed).containsExactlyInAnyOrder("a", "b");
        pass(INTERVAL);

        assertThat(probed).hasSize(4);
    }

    @Test
    void declaresAPeerDeadAfterSomeFailuresInARow() {
        prober.start();
        down.add("a");
        rounds(2);
        assertThat(picker.alivePeerCount()).as("two failures are not enough").isEqualTo(2);
        rounds(1);

        assertThat(alive()).containsExactly("b");
    }

    @Test
    void aSuccessBetweenFailuresStartsTheCountAnew() {
        prober.start();
        down.add("a");
        rounds(2);
        down.remove("a");
        rounds(1);
        down.add("a");
        rounds(2);
        assertThat(alive()).containsExactly("a", "b");
        rounds(1);

        assertThat(alive()).containsExactly("b");
    }

    @Test
    void declaresAPeerAliveAfterSomeSuccessesInARow() {
        prober.start();
        down.add("a");
        rounds(3);
        down.remove("a");
        rounds(1);
        down.add("a");
        rounds(1);
        down.remove("a");
        rounds(1);
        assertThat(alive()).containsExactly("b");
        rounds(1);

        assertThat(alive()).containsExactly("a", "b");
    }

    @Test
    void tellsAPickerAgainThatCouldNotBeTold() {
        AtomicBoolean fails = new AtomicBoolean();
        PeerPicker failing = (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("updatePeerStatus") && fails.getAndSet(false)) {
                        throw new OutOfMemoryError("Java heap space");
                    }
                    return method.invoke(picker, arguments);
                });
        try (PeerProber prober = new PeerProber(failing, this::probe, SETTINGS, time.scheduler(), Runnable::run)) {
            prober.start();
            down.add("a");
            fails.set(true);
            rounds(SETTINGS.fall());
            assertThat(fails).isFalse();
            assertThat(picker.alivePeerCount()).isEqualTo(2);
            rounds(1);
            assertThat(picker.alivePeerCount()).isEqualTo(1);

            down.clear();
            fails.set(true);
            rounds(SETTINGS.rise());
            assertThat(fails).isFalse();
            assertThat(picker.alivePeerCount()).isEqualTo(1);
            rounds(1);
            assertThat(picker.alivePeerCount()).isEqualTo(2);
        }
    }

    @Test
    void aStatusSetByHandLastsWhileProbesSeeNoChange() {
        prober.start();
        rounds(1);
        picker.updatePeerStatus("a", false);
        rounds(5);
        assertThat(alive()).as("dead by hand though probes succeed").containsExactly("b");

        picker.updatePeerStatus("a", true);
        down.add("a");
        rounds(3);
        assertThat(alive()).containsExactly("b");
        picker.updatePeerStatus("a", true);
        rounds(2);
        assertThat(alive()).as("alive by hand: failures count anew").containsExactly("a", "b");
        rounds(1);
        assertThat(alive()).containsExactly("b");
    }

    @Test
    void aPeerThatIsAddedAgainHasToFailAgain() {
        prober.start();
        down.add("a");
        rounds(3);
        picker.removePeers("a");
        picker.addPeers(new Peer("a", "a:2"));
        assertThat(alive()).containsExactly("a", "b");
        rounds(3);

        assertThat(alive()).containsExactly("b");
    }

    @Test
    void aProberTakesOverWhatAnEarlierOneDeclaredDead() {
        prober.start();
        down.add("a");
        rounds(3);
        picker.updatePeerStatus("b", false);
        prober.close();
        assertThat(prober.declaredDead()).containsExactly("a");
        assertThat(next(prober).declaredDead()).as("before its first round").containsExactly("a");

        down.clear();
        try (PeerProber next = next(prober)) {
            next.start();
            rounds(1);
            assertThat(alive()).as("one success is not enough").isEmpty();
            rounds(1);
            assertThat(alive()).as("without the one that is dead by hand").containsExactly("a");
            assertThat(next.declaredDead()).isEmpty();
        }
    }

    @Test
    void aPeerThatIsRevivedByHandBetweenTwoProbersHasToFailAgain() {
        prober.start();
        down.add("a");
        rounds(3);
        prober.close();
        picker.updatePeerStatus("a", true);
        try (PeerProber next = next(prober)) {
            next.start();
            rounds(2);
            assertThat(alive()).containsExactly("a", "b");
            rounds(1);
            assertThat(alive()).containsExactly("b");
        }
    }

    private PeerProber next(PeerProber closed) {
        return new PeerProber(picker, this::probe, SETTINGS, time.scheduler(), Runnable::run, closed.declaredDead());
    }

    @Test
    void anExceptionOrErrorIsAFailure() {
        PeerProber failing = new PeerProber(
                picker,
                (peer, timeout) -> {
                    if (peer.id().equals("a")) {
                        throw new IOException("refused");
                    }
                    throw new NoClassDefFoundError("by the test");
                },
                SETTINGS,
                time.scheduler(),
                Runnable::run);
        failing.start();
        rounds(3);

        assertThat(alive()).isEmpty();
        failing.close();
    }

    @Test
    void probesNoMoreAtOnceThanAllowed() throws Exception {
        RingPeerPicker many = RingPeerPicker.builder()
                .peers(IntStream.range(0, 20)
                        .mapToObj(i -> new Peer("p" + i, "h:1"))
                        .toList())
                .build();
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Set<String> seen = Collections.synchronizedSet(new HashSet<>());
        PeerProber limited = new PeerProber(
                many,
                (peer, timeout) -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    go.await();
                    seen.add(peer.id());
                    running.decrementAndGet();
                    return true;
                },
                new ProbeSettings(INTERVAL, TIMEOUT, 1, 1, 3),
                time.scheduler(),
                threads);
        limited.start();
        rounds(1);
        await().until(() -> running.get() == 3);
        go.countDown();
        await().until(() -> seen.size() == 20);

        assertThat(most).hasValue(3);
        limited.close();
    }

    @Test
    void asksThePickerOffTheTimersThreadAndOneRoundAtATime() {
        List<String> asked = new ArrayList<>();
        PeerPicker remote = (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    asked.add(method.getName());
                    return method.invoke(picker, arguments);
                });
        List<Runnable> tasks = new ArrayList<>();
        try (PeerProber prober =
                new PeerProber(remote, (peer, timeout) -> true, SETTINGS, time.scheduler(), tasks::add)) {
            prober.start();
            rounds(3);
            assertThat(asked).isEmpty();
            assertThat(tasks).hasSize(1);

            tasks.remove(0).run();
            assertThat(asked).containsExactly("stats");
            rounds(1);
            assertThat(tasks).as("a probe of each, and a round").hasSize(3);
        }
    }

    @Test
    void closesThoughThePickerDoesNotAnswer() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        PeerPicker hanging = (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    asked.countDown();
                    answer.await();
                    return method.invoke(picker, arguments);
                });
        PeerProber prober = new PeerProber(hanging, (peer, timeout) -> true, SETTINGS, time.scheduler(), threads);
        prober.start();
        rounds(1);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(CompletableFuture.runAsync(prober::close, threads)).succeedsWithin(Duration.ofSeconds(30));
        answer.countDown();
    }

    @Test
    void warnsOnceOfPeersThatWaitLongerThanARound() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        LOG.addAppender(log);
        List<Runnable> stalled = new ArrayList<>();
        try (PeerProber slow = new PeerProber(
                picker,
                (peer, timeout) -> true,
                new ProbeSettings(INTERVAL, TIMEOUT, 1, 1, 1),
                time.scheduler(),
                task -> {
                    if (task instanceof PeerProber.Probe) {
                        stalled.add(task);
                    } else {
                        task.run();
                    }
                })) {
            slow.start();
            rounds(1);
            assertThat(log.list).isEmpty();
            rounds(2);

            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .singleElement()
                    .asString()
                    .contains("1 of 2 peers still wait", "concurrency (1)", "timeout (PT2S)");
        } finally {
            LOG.detachAppender(log);
        }
    }

    @Test
    void aProbeThatOverrunsIsInterruptedAndCountsAsFailed() {
        AtomicInteger interrupted = new AtomicInteger();
        AtomicInteger entered = new AtomicInteger();
        AtomicInteger busy = new AtomicInteger();
        PeerProber hanging = new PeerProber(
                picker,
                (peer, timeout) -> {
                    if (peer.id().equals("b")) {
                        return true;
                    }
                    entered.incrementAndGet();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        throw e;
                    }
                    return true;
                },
                SETTINGS,
                time.scheduler(),
                task -> {
                    busy.incrementAndGet();
                    threads.execute(() -> {
                        task.run();
                        busy.decrementAndGet();
                    });
                });
        hanging.start();
        Duration limit = TIMEOUT.multipliedBy(2);
        rounds(1);
        for (int round = 1; round <= 3; round++) {
            int expected = round;
            await().until(() -> entered.get() == expected);
            assertThat(interrupted).hasValue(expected - 1);
            pass(limit);
            await().until(() -> interrupted.get() == expected);
            // The next round probes nobody whose last probe still has to return.
            await().until(() -> busy.get() == 0);
            pass(INTERVAL.minus(limit));
        }
        await().untilAsserted(() -> assertThat(alive()).containsExactly("b"));
        hanging.close();
    }

    @Test
    void aProbeThatCanNotBeEndedIsNotStartedAgain() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger started = new AtomicInteger();
        AtomicBoolean othersProbed = new AtomicBoolean();
        PeerProber stuck = new PeerProber(
                picker,
                (peer, timeout) -> {
                    if (peer.id().equals("b")) {
                        othersProbed.set(true);
                        return true;
                    }
                    started.incrementAndGet();
                    awaitWhateverComes(release);
                    return true;
                },
                new ProbeSettings(INTERVAL, TIMEOUT, 1, 3, 1),
                time.scheduler(),
                threads);
        stuck.start();
        rounds(1);
        await().until(() -> started.get() == 1);
        rounds(3);

        await().until(othersProbed::get);
        // How many of the rounds so far counted against a depends on when its first probe had started.
        await().untilAsserted(() -> {
            rounds(1);
            assertThat(alive()).containsExactly("b");
        });
        assertThat(started).as("one thread, however long it lasts").hasValue(1);
        release.countDown();
        await().untilAsserted(() -> {
            rounds(1);
            assertThat(alive()).containsExactly("a", "b");
        });
        stuck.close();
    }

    @Test
    void noThreadIsNoVerdict() {
        noVerdict(() -> {
            throw new RejectedExecutionException("full");
        });
    }

    @Test
    void noNativeThreadIsNoVerdict() {
        noVerdict(() -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
    }

    private void noVerdict(Runnable refusal) {
        AtomicBoolean full = new AtomicBoolean(true);
        PeerProber starved = new PeerProber(picker, this::probe, SETTINGS, time.scheduler(), task -> {
            if (full.get()) {
                refusal.run();
            }
            task.run();
        });
        down.addAll(Set.of("a", "b"));
        starved.start();
        rounds(5);
        assertThat(alive()).containsExactly("a", "b");

        full.set(false);
        rounds(3);
        assertThat(alive()).isEmpty();
        starved.close();
    }

    @Test
    void closingEndsRoundsAndInterruptsProbes() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch left = new CountDownLatch(2);
        PeerProber closing = new PeerProber(
                picker,
                (peer, timeout) -> {
                    entered.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        left.countDown();
                    }
                    return true;
                },
                new ProbeSettings(INTERVAL, TIMEOUT, 1, 1, 8),
                time.scheduler(),
                threads);
        closing.start();
        rounds(1);
        entered.await();
        closing.close();
        closing.close();
        left.await();
        rounds(3);

        assertThat(alive()).as("an interrupted probe is no verdict").containsExactly("a", "b");
        await().untilAsserted(() -> assertThat(time.pendingTasks()).isZero());
        assertThatIllegalStateException().isThrownBy(closing::start);
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> new ProbeSettings(Duration.ofMillis(99), TIMEOUT, 2, 3, 8))
                .withMessageContaining("PT0.099S");
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> new ProbeSettings(Duration.ofSeconds(1), TIMEOUT, 2, 3, 8))
                .withMessageContaining("PT2S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProbeSettings(INTERVAL, TIMEOUT, 0, 3, 8))
                .withMessageContaining("rise");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProbeSettings(INTERVAL, TIMEOUT, 2, 101, 8))
                .withMessageContaining("fall");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProbeSettings(INTERVAL, TIMEOUT, 2, 3, 0))
                .withMessageContaining("concurrency");
        assertThat(ProbeSettings.defaults().interval()).isEqualTo(INTERVAL);
    }

    private boolean probe(Peer peer, Duration timeout) {
        assertThat(timeout).isEqualTo(TIMEOUT);
        probed.add(peer.id());
        return !down.contains(peer.id());
    }

    /** As many rounds; time stops at the start of the last, so that none of its probes is overdue. */
    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            pass(begun ? INTERVAL : Duration.ofNanos(1));
            begun = true;
        }
    }

    private void pass(Duration duration) {
        time.advance(duration);
    }

    private List<String> alive() {
        return picker.stats().perPeer().stream()
                .filter(stats -> stats.alive())
                .map(stats -> stats.peer().id())
                .toList();
    }

    private static void awaitWhateverComes(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // Plays a probe that can't be interrupted, such as one that resolves a name.
            }
        }
    }
}
