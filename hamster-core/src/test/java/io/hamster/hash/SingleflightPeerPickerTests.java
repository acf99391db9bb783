package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.InvalidExpirationException;
import io.hamster.singleflight.SingleflightTimeoutException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SingleflightPeerPickerTests extends PeerPickerContractTests {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final RingPeerPicker ring = RingPeerPicker.builder().peers(peers(4)).build();
    private final SingleflightPeerPicker slow = new SingleflightPeerPicker(slowed(ring));

    @Override
    protected PeerPicker picker(List<Peer> peers) {
        return new SingleflightPeerPicker(RingPeerPicker.builder().peers(peers).build());
    }

    @AfterEach
    void stop() {
        released.countDown();
        threads.shutdownNow();
    }

    @Test
    void concurrentPicksOfAKeyShareOneCall() throws Exception {
        Future<Peer> first = threads.submit(() -> slow.pickPeer("key"));
        arrived.await();
        Future<Peer> second = threads.submit(() -> slow.pickPeer("key"));
        await().until(() -> slow.flightStats().calls() == 2);
        released.countDown();

        assertThat(first.get()).isEqualTo(second.get()).isEqualTo(ring.pickPeer("key"));
        assertThat(calls).hasValue(1);
        assertThat(slow.flightStats().shared()).isEqualTo(1);
    }

    @Test
    void onePeerSeveralAndOtherCountsNeverShare() throws Exception {
        Future<Peer> one = threads.submit(() -> slow.pickPeer("a#1"));
        Future<List<Peer>> several = threads.submit(() -> slow.pickPeers("a", 1));
        Future<List<Peer>> sameText = threads.submit(() -> slow.pickPeers("a#1", 1));
        Future<List<Peer>> more = threads.submit(() -> slow.pickPeers("a", 2));
        await().until(() -> calls.get() == 4);
        released.countDown();

        assertThat(one.get()).isEqualTo(ring.pickPeer("a#1"));
        assertThat(several.get()).isEqualTo(ring.pickPeers("a", 1));
        assertThat(sameText.get()).isEqualTo(ring.pickPeers("a#1", 1));
        assertThat(more.get()).hasSize(2);
    }

    /** The delegate may keep its list and go on changing it. */
    @Test
    void callersShareAListThatNobodyChanges() {
        List<Peer> changing = new ArrayList<>(ring.pickPeers("key", 2));
        SingleflightPeerPicker sharing = new SingleflightPeerPicker(answering(changing));
        List<Peer> picked = sharing.pickPeers("key", 2);
        changing.clear();

        assertThat(picked).isEqualTo(ring.pickPeers("key", 2));
        assertThat(picked).isUnmodifiable();
    }

    @Test
    void forgettingAKeyStartsAnew() throws Exception {
        Future<Peer> one = threads.submit(() -> slow.pickPeer("key"));
        Future<List<Peer>> two = threads.submit(() -> slow.pickPeers("key", 2));
        await().until(() -> calls.get() == 2);

        assertThat(slow.forget("other")).isFalse();
        assertThat(slow.forget("key", 3)).isFalse();
        assertThat(slow.forget("key")).isTrue();
        assertThat(slow.forget("key", 2)).isTrue();
        Future<Peer> anew = threads.submit(() -> slow.pickPeer("key"));
        await().until(() -> calls.get() == 3);
        released.countDown();

        assertThat(anew.get()).isEqualTo(one.get());
        assertThat(two.get()).hasSize(2);
    }

    @Test
    void changesForgetThePicksInFlight() throws Exception {
        List<Runnable> changes = List.of(
                () -> slow.updatePeerStatus("peer-0", false),
                () -> slow.addPeers(new Peer("new", "new")),
                () -> slow.removePeers("peer-1"));
        int expected = 1;
        threads.submit(() -> slow.pickPeer("key"));
        await().until(() -> calls.get() == 1);
        for (Runnable change : changes) {
            change.run();
            threads.submit(() -> slow.pickPeer("key"));
            int more = ++expected;
            await().until(() -> calls.get() == more);
        }

        assertThat(slow.flightStats().shared()).isZero();
        assertThat(calls).hasValue(4);
    }

    @Test
    void waitersGetAFailureOfTheSameKind() throws Exception {
        peers(4).forEach(peer -> ring.updatePeerStatus(peer.id(), false));
        Future<Peer> first = threads.submit(() -> slow.pickPeer("key"));
        arrived.await();
        Future<Peer> second = threads.submit(() -> slow.pickPeer("key"));
        await().until(() -> slow.flightStats().calls() == 2);
        released.countDown();

        for (Future<Peer> pick : List.of(first, second)) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(pick::get)
                    .withCauseInstanceOf(NoPeersAvailableException.class)
                    .withMessageContaining("0 of all 4");
        }
    }

    @Test
    void aWaiterGivesUpAfterTheTimeout() throws Exception {
        SingleflightPeerPicker impatient = new SingleflightPeerPicker(slowed(ring), Duration.ofMillis(1));
        threads.submit(() -> impatient.pickPeer("key"));
        arrived.await();

        assertThatExceptionOfType(SingleflightTimeoutException.class).isThrownBy(() -> impatient.pickPeer("key"));
        threads.submit(() -> impatient.pickPeer("key"));
        await("a new call, as the first may hang for ever").until(() -> calls.get() == 2);
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> new SingleflightPeerPicker(ring, Duration.ZERO))
                .withMessageContaining("PT0S");
    }

    @Test
    void withAnExecutorWhoComesFirstGivesUpTooAndTheNextStartsAnew() {
        SingleflightPeerPicker impatient = new SingleflightPeerPicker(slowed(ring), Duration.ofMillis(1), threads);

        for (int call = 1; call <= 2; call++) {
            int expected = call;
            assertThatExceptionOfType(SingleflightTimeoutException.class).isThrownBy(() -> impatient.pickPeer("key"));
            await().until(() -> calls.get() == expected);
        }
        assertThatExceptionOfType(SingleflightTimeoutException.class).isThrownBy(() -> impatient.pickPeers("key", 2));
    }

    @Test
    void withAnExecutorWhoComesFirstGetsWhatThePickThrew() {
        peers(4).forEach(peer -> ring.updatePeerStatus(peer.id(), false));
        SingleflightPeerPicker patient = new SingleflightPeerPicker(ring, Duration.ofMinutes(1), threads);

        assertThatExceptionOfType(NoPeersAvailableException.class)
                .isThrownBy(() -> patient.pickPeer("key"))
                .withMessageContaining("0 of all 4")
                .withNoCause();
        threads.shutdown();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> patient.pickPeer("key"));
        assertThat(patient.forget("key")).as("nothing remains in flight").isFalse();
    }

    @Test
    void withoutAnExecutorWhoComesFirstRunsThePickItself() {
        AtomicReference<Thread> runner = new AtomicReference<>();
        PeerPicker noting = (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    runner.set(Thread.currentThread());
                    return method.invoke(ring, arguments);
                });
        new SingleflightPeerPicker(noting).pickPeer("key");
        assertThat(runner).hasValue(Thread.currentThread());

        new SingleflightPeerPicker(noting, Duration.ofMinutes(1), threads).pickPeer("key");
        assertThat(runner).doesNotHaveValue(Thread.currentThread());
    }

    @Test
    void anInterruptedWaiterKeepsItsInterruptStatus() throws Exception {
        threads.submit(() -> slow.pickPeer("key"));
        arrived.await();
        AtomicBoolean kept = new AtomicBoolean();
        Thread waiter = new Thread(() -> {
            try {
                slow.pickPeer("key");
            } catch (PickInterruptedException e) {
                kept.set(Thread.currentThread().isInterrupted());
            }
        });
        waiter.start();
        await().until(() -> slow.flightStats().calls() == 2);
        waiter.interrupt();
        waiter.join();

        assertThat(kept).isTrue();
    }

    @Test
    void everyHandleIsItsOwn() {
        PeerPicker picker = picker(peers(1));
        try (PeerHandle one = picker.acquire("key");
                PeerHandle other = picker.acquire("key")) {
            assertThat(one).isNotSameAs(other);
            assertThat(picker.stats().perPeer().get(0).inFlight()).isEqualTo(2);
        }
    }

    private PeerPicker answering(List<Peer> list) {
        return (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> list);
    }

    /** The picker, whose picks count themselves and wait to be released. */
    private PeerPicker slowed(PeerPicker picker) {
        return (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("pick")) {
                        calls.incrementAndGet();
                        arrived.countDown();
                        released.await();
                    }
                    try {
                        return method.invoke(picker, arguments);
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
