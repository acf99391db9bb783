package io.hamster.spring.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerStats.PeerStats;
import io.hamster.hash.health.HttpPeerHealthChecker;
import io.hamster.hash.health.PeerHealthChecker;
import io.hamster.hash.health.TcpPeerHealthChecker;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class PeerProbingTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(HamsterAutoConfiguration.class, HamsterHashAutoConfiguration.class));

    private final ApplicationContextRunner three = runner.withPropertyValues(
            "hamster.hash.peers[0].id=a",
            "hamster.hash.peers[0].address=10.0.0.1:80",
            "hamster.hash.peers[1].id=b",
            "hamster.hash.peers[1].address=10.0.0.2:80",
            "hamster.hash.peers[2].id=c",
            "hamster.hash.peers[2].address=10.0.0.3:80",
            "hamster.hash.peers[2].weight=200");

    @Test
    void probesByTcp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            int gone;
            try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                gone = closing.getLocalPort();
            }
            runner.withPropertyValues(
                            "hamster.hash.peers[0].id=up",
                            "hamster.hash.peers[0].address=127.0.0.1:" + server.getLocalPort(),
                            "hamster.hash.peers[1].id=down",
                            "hamster.hash.peers[1].address=127.0.0.1:" + gone,
                            "hamster.hash.health-check.enabled=true",
                            "hamster.hash.health-check.interval=100ms",
                            "hamster.hash.health-check.timeout=100ms",
                            "hamster.hash.health-check.fall=2")
                    .run(context -> {
                        assertThat(context.getBean(PeerHealthChecker.class)).isInstanceOf(TcpPeerHealthChecker.class);
                        PeerPicker picker = context.getBean(PeerPicker.class);
                        await().untilAsserted(() ->
                                assertThat(picker.alivePeerCount()).isEqualTo(1));
                        assertThat(picker.pickPeer("key").id()).isEqualTo("up");
                        assertThat(context.getBean(HamsterFeature.class).description())
                                .isEqualTo("2 by hamster (probed by tcp)");
                    });
        }
    }

    @Test
    void probesByHttp() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> paths = new CopyOnWriteArrayList<>();
        server.createContext("/", exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        try {
            runner.withPropertyValues(
                            "hamster.hash.peers[0].id=sick",
                            "hamster.hash.peers[0].address=127.0.0.1:"
                                    + server.getAddress().getPort(),
                            "hamster.hash.health-check.enabled=true",
                            "hamster.hash.health-check.type=http",
                            "hamster.hash.health-check.interval=5s",
                            "hamster.hash.health-check.timeout=5s",
                            "hamster.hash.health-check.fall=1")
                    .run(context -> {
                        assertThat(context.getBean(PeerHealthChecker.class)).isInstanceOf(HttpPeerHealthChecker.class);
                        PeerPicker picker = context.getBean(PeerPicker.class);
                        await().untilAsserted(() ->
                                assertThat(picker.alivePeerCount()).isZero());
                        assertThat(paths).contains("/actuator/health/liveness");
                    });
        } finally {
            server.stop(0);
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void warnsOfAPathThatDependsOnWhoIsAlive(CapturedOutput output) {
        String warning = "whose answer may contain the health part peers";
        ApplicationContextRunner probing = three.withPropertyValues(
                "hamster.hash.health-check.enabled=true", "hamster.hash.health-check.interval=1d");
        probing.withPropertyValues("hamster.hash.health-check.type=http")
                .run(context -> assertThat(output).doesNotContain(warning));
        probing.withPropertyValues("hamster.hash.health-check.path=/actuator/health")
                .run(context -> assertThat(output).as("by tcp").doesNotContain(warning));

        for (String path : List.of("/actuator/health", "/actuator/health/readiness")) {
            probing.withPropertyValues("hamster.hash.health-check.type=http", "hamster.hash.health-check.path=" + path)
                    .run(context -> assertThat(output)
                            .containsOnlyOnce("hamster.hash.health-check.path is " + path + ", " + warning));
        }
    }

    @Test
    void probesByTheUsersChecker() {
        runner.withPropertyValues(
                        "hamster.hash.peers[0].id=a",
                        "hamster.hash.peers[0].address=only the checker knows",
                        "hamster.hash.health-check.enabled=true",
                        "hamster.hash.health-check.fall=1")
                .withBean(PeerHealthChecker.class, () -> (peer, timeout) -> false)
                .run(context -> await().untilAsserted(() -> assertThat(
                                context.getBean(PeerPicker.class).alivePeerCount())
                        .isZero()));
    }

    @Test
    void refusesAddressesThatCanNotBeProbed() {
        for (String type : List.of("tcp", "http")) {
            three.withPropertyValues(
                            "hamster.hash.peers[1].address=nowhere",
                            "hamster.hash.health-check.enabled=true",
                            "hamster.hash.health-check.type=" + type)
                    .run(context -> assertThat(configurationFailure(context.getStartupFailure()))
                            .hasMessageContaining("hamster.hash.peers[1].address")
                            .hasMessageContaining("'nowhere'"));
        }
    }

    @Test
    void refusesAHostNameThatCanNotBeProbedByHttp() {
        ApplicationContextRunner underscored = three.withPropertyValues(
                "hamster.hash.peers[1].address=my_service:80",
                "hamster.hash.health-check.enabled=true",
                "hamster.hash.health-check.interval=1d");
        underscored
                .withPropertyValues("hamster.hash.health-check.type=http")
                .run(context -> assertThat(configurationFailure(context.getStartupFailure()))
                        .hasMessageContaining("hamster.hash.peers[1].address")
                        .hasMessageContaining("'my_service:80'"));
        underscored.run(context -> assertThat(context).as("by tcp").hasNotFailed());
    }

    @Test
    void stopsProbingWithTheContextAndBeginsAnewWithIt() {
        AtomicBoolean up = new AtomicBoolean();
        AtomicInteger probes = new AtomicInteger();
        PeerHealthChecker checker = (peer, timeout) -> {
            boolean alive = up.get();
            probes.incrementAndGet();
            return alive || peer.id().equals("by-hand");
        };
        runner.withPropertyValues(
                        "hamster.hash.peers[0].id=a",
                        "hamster.hash.peers[0].address=a:1",
                        "hamster.hash.peers[1].id=by-hand",
                        "hamster.hash.peers[1].address=b:1",
                        "hamster.hash.health-check.enabled=true",
                        "hamster.hash.health-check.interval=1d",
                        "hamster.hash.health-check.rise=1",
                        "hamster.hash.health-check.fall=1")
                .withBean(PeerHealthChecker.class, () -> checker)
                .run(context -> {
                    PeerProbing probing = context.getBean(PeerProbing.class);
                    PeerPicker picker = context.getBean(PeerPicker.class);
                    await().until(() -> probes.get() == 2 && picker.alivePeerCount() == 1);
                    picker.updatePeerStatus("by-hand", false);
                    context.stop();
                    assertThat(probing.isRunning()).isFalse();

                    up.set(true);
                    context.start();
                    assertThat(probing.isRunning()).isTrue();
                    await("the peer found dead, which is well again").until(() -> picker.alivePeerCount() == 1);
                    await().until(() -> probes.get() == 4);
                    context.stop();
                    assertThat(picker.stats().perPeer())
                            .filteredOn(PeerStats::alive)
                            .extracting(stats -> stats.peer().id())
                            .containsExactly("a");
                });
    }

    private static HamsterConfigurationException configurationFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HamsterConfigurationException found) {
                return found;
            }
        }
        throw new AssertionError("Not a configuration failure", failure);
    }
}
