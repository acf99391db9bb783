package io.hamster.spring.hash.cloud;

import static io.hamster.spring.hash.cloud.ScriptedClient.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.RingPeerPicker;
import io.hamster.hash.health.HostPort;
import io.hamster.spring.hash.FollowedPeers;
import io.hamster.testing.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

@ExtendWith(OutputCaptureExtension.class)
class DiscoveryPeersTests {

    private final ScriptedClient client = new ScriptedClient();
    private final ManualTime time = new ManualTime();
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final PeerPicker picker = RingPeerPicker.builder().build();
    private final DiscoveryPeers peers = following(Duration.ofHours(1), this::execute);
    private boolean starting;
    private boolean noThread;

    @Test
    void hasTheInstancesOnceStarted() {
        client.knows(instance("a", null), instance("b", "250"));
        start();

        assertThat(picker.peers()).extracting(Peer::id).containsExactly("a", "b");
        assertThat(picker.peer("a")).map(Peer::address).contains("a.local:80");
        assertThat(picker.peer("a")).map(Peer::weight).contains(100);
        assertThat(picker.peer("b")).map(Peer::weight).contains(250);
    }

    @ParameterizedTest
    @CsvSource({
        "fd00::1, [fd00::1]:8443",
        "[fd00::1], [fd00::1]:8443",
        "10.0.0.1, 10.0.0.1:8443",
        "my_host, my_host:8443"
    })
    void givesAddressesThatCanBeProbed(String host, String address) {
        client.knows(new DefaultServiceInstance("a", "shop", host, 8443, true));
        start();

        assertThat(picker.peer("a")).map(Peer::address).contains(address);
        assertThat(picker.peer("a")).map(HostPort::of).map(HostPort::port).contains(8443);
    }

    @Test
    void asksAgainAfterTheIntervalOutsideOfTheTimer() {
        client.knows(instance("a", null));
        start();
        client.knows(instance("a", "50"), instance("c", null));

        time.advance(Duration.ofSeconds(30));
        assertThat(picker.peerCount()).isEqualTo(1);
        runAll();

        assertThat(picker.peers()).extracting(Peer::id).containsExactly("a", "c");
        assertThat(picker.peer("a")).map(Peer::weight).contains(50);
    }

    @Test
    void asksOnceMoreForAllThatHappensWhileItAsks() {
        client.knows(instance("a", null));
        client.during = () -> {
            client.during = () -> {};
            client.knows(instance("a", null), instance("b", null));
            peers.refreshSoon();
            peers.refreshSoon();
        };
        start();

        assertThat(client.asked).isEqualTo(2);
        assertThat(picker.peerCount()).isEqualTo(2);
    }

    @Test
    void keepsTheLastPeersWhileTheClientFailsAndSaysSoOnce(CapturedOutput output) {
        client.knows(instance("a", null));
        start();
        client.fails = new IllegalStateException("away");
        refresh();
        refresh();

        assertThat(picker.peers()).extracting(Peer::id).containsExactly("a");
        assertThat(peers.problem())
                .hasValueSatisfying(problem -> assertThat(problem)
                        .contains("failed with IllegalStateException when asked for shop since ")
                        .doesNotContain("away"));
        assertThat(output).containsOnlyOnce("The discovery client failed with");

        client.fails = null;
        refresh();

        assertThat(peers.problem()).isEmpty();
    }

    @Test
    void asksAgainAfterAnError() {
        client.fails = new NoClassDefFoundError("by the test");
        start();
        assertThat(peers.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("failed with NoClassDefFoundError"));

        client.fails = null;
        client.knows(instance("a", null));
        refresh();

        assertThat(picker.peerCount()).isEqualTo(1);
        assertThat(peers.problem()).isEmpty();
    }

    @Test
    @Timeout(60)
    void asksAgainWhenThereIsAThread() {
        noThread = true;
        client.knows(instance("a", null));
        start();
        assertThat(peers.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("couldn't be asked for shop"));

        noThread = false;
        time.advance(Duration.ofSeconds(30));
        runAll();

        assertThat(picker.peerCount()).isEqualTo(1);
        assertThat(peers.problem()).isEmpty();
    }

    @Test
    @Timeout(60)
    void startsThoughTheClientDoesNotAnswer(CapturedOutput output) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        client.knows(instance("a", null));
        client.during = () -> {
            asked.countDown();
            await(answers);
        };
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            DiscoveryPeers started = following(Duration.ofMillis(1), task -> {
                thread.execute(task);
                await(asked);
            });
            started.start();

            assertThat(picker.peerCount()).isZero();
            assertThat(started.problem())
                    .hasValueSatisfying(
                            problem -> assertThat(problem).contains("hasn't answered when asked for shop since "));
            answers.countDown();
            thread.shutdown();
            assertThat(thread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(picker.peerCount()).isEqualTo(1);
            assertThat(started.problem()).isEmpty();
        } finally {
            thread.shutdownNow();
        }
        assertThat(output).containsOnlyOnce("hasn't answered");
    }

    @Test
    @Timeout(60)
    void showsThatTheClientAnswersNoMore() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        client.knows(instance("a", null));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            DiscoveryPeers started = following(Duration.ofSeconds(40), thread);
            started.start();
            client.during = () -> {
                asked.countDown();
                await(answers);
            };
            time.advance(Duration.ofSeconds(30));
            await(asked);
            time.advance(Duration.ofSeconds(30));
            assertThat(started.problem()).isEmpty();
            time.advance(Duration.ofSeconds(30));

            assertThat(started.problem())
                    .hasValueSatisfying(problem -> assertThat(problem).contains("hasn't answered"));
            assertThat(picker.peerCount()).isEqualTo(1);
        } finally {
            answers.countDown();
            thread.shutdownNow();
        }
    }

    @Test
    @Timeout(60)
    void showsThatTheClientDoesNotAnswerBeforeTheNextRound() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        client.knows(instance("a", null));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            DiscoveryPeers started = following(picker, Duration.ofHours(1), Duration.ofSeconds(10), thread);
            started.start();
            client.during = () -> {
                asked.countDown();
                await(answers);
            };
            Instant since = time.instant();
            started.refreshSoon();
            await(asked);
            time.advance(Duration.ofSeconds(9));
            assertThat(started.problem()).isEmpty();
            time.advance(Duration.ofSeconds(1));

            assertThat(started.problem())
                    .hasValueSatisfying(problem ->
                            assertThat(problem).contains("hasn't answered when asked for shop since " + since));
            answers.countDown();
            thread.shutdown();
            assertThat(thread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(started.problem()).isEmpty();
        } finally {
            answers.countDown();
            thread.shutdownNow();
        }
    }

    @Test
    void neverEmptiesTheRing(CapturedOutput output) {
        client.knows(instance("a", null));
        start();
        client.knows();
        refresh();
        refresh();

        assertThat(picker.peerCount()).isEqualTo(1);
        assertThat(peers.problem()).isPresent();
        assertThat(output).containsOnlyOnce("knows no instance of shop");
    }

    @Test
    void ignoresAWeightThatIsNoneAndNamesItOnce(CapturedOutput output) {
        client.knows(instance("a", "heavy"), instance("b", "1000001"), instance("c", "-1"));
        start();
        refresh();

        assertThat(picker.peers()).extracting(Peer::weight).containsOnly(100);
        assertThat(output).containsOnlyOnce("Instance a of shop has the weight 'heavy'");
        assertThat(output).containsOnlyOnce("Instance b of shop has the weight '1000001'");
        assertThat(output).containsOnlyOnce("Instance c of shop has the weight '-1'");
    }

    @Test
    void leavesOutInstancesWithoutAHost(CapturedOutput output) {
        ServiceInstance nowhere = new DefaultServiceInstance("nowhere", "shop", null, -1, false);
        client.knows(nowhere, instance("a", null));
        start();
        refresh();

        assertThat(picker.peers()).extracting(Peer::id).containsExactly("a");
        assertThat(output).containsOnlyOnce("Instance nowhere of shop has no valid host name");

        client.knows(nowhere);
        refresh();
        assertThat(picker.peers()).extracting(Peer::id).containsExactly("a");
        assertThat(output).contains("only instances of shop without a valid host name");
    }

    @Test
    void keepsTheLastPeersIfTheNewOnesAskForTooMuch() {
        client.knows(instance("a", null));
        start();
        client.knows(IntStream.range(0, 10)
                .mapToObj(i -> instance("p" + i, "1000000"))
                .toArray(ServiceInstance[]::new));
        refresh();

        assertThat(picker.peers()).extracting(Peer::id).containsExactly("a");
        assertThat(peers.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("that the ring has no place for"));
    }

    @Test
    void takesPeersThatFitOnceOthersAreGone() {
        PeerPicker small = (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("addPeers") && picker.peerCount() > 0) {
                        // Refused as what asks for too much is.
                        picker.addPeers(new Peer("twin", "t:1"), new Peer("twin", "t:1"));
                    }
                    return method.invoke(picker, arguments);
                });
        DiscoveryPeers following = following(small, Duration.ofHours(1), Duration.ofHours(1), Runnable::run);
        client.knows(instance("a", null));
        following.start();
        client.knows(instance("b", null));
        following.refreshSoon();

        assertThat(picker.peers()).extracting(Peer::id).containsExactly("b");
        assertThat(following.problem()).isEmpty();
    }

    @Test
    void changesNothingOnceStopped() {
        client.knows(instance("a", null));
        start();
        client.knows(instance("b", null));
        time.advance(Duration.ofSeconds(30));
        peers.stop();
        runAll();
        int asked = client.asked;
        time.advance(Duration.ofSeconds(60));
        refresh();

        assertThat(picker.peers()).extracting(Peer::id).containsExactly("a");
        assertThat(client.asked).isEqualTo(asked);
    }

    private DiscoveryPeers following(Duration timeout, Executor executor) {
        return following(picker, Duration.ofSeconds(30), timeout, executor);
    }

    private DiscoveryPeers following(PeerPicker picker, Duration interval, Duration timeout, Executor executor) {
        return new DiscoveryPeers(
                client, "shop", new FollowedPeers(picker), interval, timeout, time.scheduler(), executor, time);
    }

    private void execute(Runnable task) {
        if (noThread) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        if (starting) {
            task.run();
        } else {
            work.add(task);
        }
    }

    private void start() {
        starting = true;
        peers.start();
        starting = false;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refresh() {
        peers.refreshSoon();
        runAll();
    }

    private void runAll() {
        for (Runnable next = work.poll(); next != null; next = work.poll()) {
            next.run();
        }
    }
}
