package io.hamster.hash.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.RingPeerPicker;
import io.hamster.testing.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A verdict meets a round halfway. Whichever waits for the other, picker and prober have to agree afterwards: a peer
 * whose probes succeed comes back.
 */
@Timeout(30)
class PeerProberRaceTests {

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /** A probe lasts longer than an interval, so that none is given up. */
    private static final ProbeSettings SETTINGS = new ProbeSettings(INTERVAL, INTERVAL, 1, 1, 8);

    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final RingPeerPicker picker =
            RingPeerPicker.builder().peers(List.of(new Peer("a", "a:1"))).build();
    private final AtomicReference<Runnable> duringStats = new AtomicReference<>(() -> {});
    private final AtomicReference<Runnable> duringUpdate = new AtomicReference<>(() -> {});
    private final AtomicInteger probes = new AtomicInteger();
    private final CountDownLatch failing = new CountDownLatch(1);

    /** The thread of the latest probe, once it has its result. */
    private final AtomicReference<@Nullable Thread> judge = new AtomicReference<>();

    /** How often the picker has been told a verdict. */
    private final AtomicInteger verdicts = new AtomicInteger();

    private final PeerProber prober = new PeerProber(hooked(), this::probe, SETTINGS, time.scheduler(), threads);

    @AfterEach
    void stop() {
        failing.countDown();
        prober.close();
        threads.shutdownNow();
    }

    @Test
    void aVerdictWhileARoundReadsThePicker() {
        begin();
        duringStats.set(() -> {
            failing.countDown();
            await().until(() -> verdicts.get() == 1 || waits(judge.get()));
        });
        time.advance(INTERVAL);

        assertComesBack();
    }

    @Test
    void aRoundWhileThePickerIsToldAVerdict() throws Exception {
        begin();
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch rounded = new CountDownLatch(1);
        duringUpdate.set(() -> {
            telling.countDown();
            await().until(() -> rounded.getCount() == 0);
        });
        failing.countDown();
        telling.await();
        time.advance(INTERVAL);
        await("the round's probe: it doesn't wait until the picker has been told")
                .until(() -> probes.get() == 2);
        rounded.countDown();

        assertComesBack();
    }

    @Test
    void aRoundIsNotSkippedWhileThePickerIsToldAVerdict() throws Exception {
        begin();
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        duringUpdate.set(() -> {
            telling.countDown();
            await().until(() -> told.getCount() == 0);
        });
        failing.countDown();
        telling.await();
        Thread first = judge.get();
        time.advance(INTERVAL);
        await("the round's probe, whose verdict waits for the first")
                .until(() -> judge.get() != first && waits(judge.get()));
        time.advance(INTERVAL);
        told.countDown();

        await().until(() -> verdicts.get() == 2);
        assertThat(probes).as("while verdicts wait").hasValue(2);
        assertComesBack();
    }

    private void begin() {
        prober.start();
        time.advance(Duration.ofNanos(1));
        await().until(() -> probes.get() == 1);
    }

    private void assertComesBack() {
        await().until(() -> verdicts.get() > 0);
        await().untilAsserted(() -> {
            time.advance(INTERVAL);
            assertThat(picker.alivePeerCount()).isEqualTo(1);
        });
    }

    /** The first fails when it is let, the others succeed. */
    private boolean probe(Peer peer, Duration timeout) throws InterruptedException {
        boolean first = probes.incrementAndGet() == 1;
        if (first) {
            failing.await();
        }
        judge.set(Thread.currentThread());
        return !first;
    }

    private static boolean waits(@Nullable Thread thread) {
        return thread != null && thread.getState() == Thread.State.WAITING;
    }

    /** The picker, with hooks after it was read and before it is told. */
    private PeerPicker hooked() {
        return (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("updatePeerStatus")) {
                        duringUpdate.getAndSet(() -> {}).run();
                    }
                    Object result = method.invoke(picker, arguments);
                    if (method.getName().equals("updatePeerStatus")) {
                        verdicts.incrementAndGet();
                    } else if (method.getName().equals("stats")) {
                        duringStats.getAndSet(() -> {}).run();
                    }
                    return result;
                });
    }
}
