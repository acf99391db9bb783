package io.hamster.hash.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.sun.net.httpserver.HttpServer;
import io.hamster.hash.Peer;
import io.hamster.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real sockets on the loopback interface. */
class HealthCheckerTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Test
    void tcpPeersAreAliveWhileTheyAccept() throws Exception {
        TcpPeerHealthChecker checker = new TcpPeerHealthChecker();
        Peer peer;
        // Not of those that connections are given: one of them might take it once the server is gone.
        try (ServerSocket server = new ServerSocket(FreePorts.next(), 5, InetAddress.getLoopbackAddress())) {
            peer = new Peer("a", "127.0.0.1:" + server.getLocalPort());
            assertThat(checker.isAlive(peer, TIMEOUT)).isTrue();
        }

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> checker.isAlive(peer, TIMEOUT));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204})
    void httpPeersAreAliveWhenTheyAnswerWellFromThePath(int status) throws Exception {
        HttpServer server = answering(status);
        try {
            HttpPeerHealthChecker checker = new HttpPeerHealthChecker(HttpClient.newHttpClient(), "/health");
            String address = address(server);

            assertThat(checker.isAlive(new Peer("a", address), TIMEOUT)).isTrue();
            assertThat(checker.isAlive(new Peer("a", "http://" + address + "/"), TIMEOUT))
                    .isTrue();
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 503})
    void saysWhyHttpPeersThatAnswerOtherwiseAreNot(int status) throws Exception {
        HttpServer server = answering(status);
        try {
            HttpPeerHealthChecker checker = new HttpPeerHealthChecker(HttpClient.newHttpClient(), "/health");
            Peer peer = new Peer("a", address(server));

            assertThatIOException()
                    .isThrownBy(() -> checker.isAlive(peer, TIMEOUT))
                    .withMessageStartingWith(
                            "GET http://" + peer.address() + "/health was answered with " + status + ";");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void httpPeersThatDoNotAnswerTimeOut() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        HttpServer server = server();
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", exchange -> {
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
        try {
            HttpPeerHealthChecker checker = new HttpPeerHealthChecker(HttpClient.newHttpClient(), "/");
            Peer peer = new Peer("a", "127.0.0.1:" + server.getAddress().getPort());

            assertThatExceptionOfType(HttpTimeoutException.class)
                    .isThrownBy(() -> checker.isAlive(peer, Duration.ofMillis(50)));
        } finally {
            answer.countDown();
            server.stop(0);
        }
    }

    @Test
    void httpRefusesAPathWithoutASlash() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HttpPeerHealthChecker(HttpClient.newHttpClient(), "health"))
                .withMessageContaining("'health'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a b", "/health?x={y}", "/%zz", "/a|b"})
    void httpRefusesAPathThatNoUrlHas(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HttpPeerHealthChecker(HttpClient.newHttpClient(), path))
                .withMessageContaining("'" + path + "'")
                .withMessageContaining("at index");
    }

    @ParameterizedTest
    @ValueSource(strings = {"my_service:80", "http://my_service:80/", "tcp://host:80", "ho st:80", "host"})
    void httpRefusesAddressesThatItsClientCanNotReach(String address) {
        HttpPeerHealthChecker checker = new HttpPeerHealthChecker(HttpClient.newHttpClient(), "/");
        Peer peer = new Peer("a", address);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpPeerHealthChecker.requireProbeable(peer))
                .withMessageContaining("Peer 'a' has the address '" + address + "', which can't be probed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checker.isAlive(peer, TIMEOUT))
                .withMessageContaining("which can't be probed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"host:80", "10.0.0.1:80", "[::1]:80", "http://host", "HTTPS://host:1/path/", "http://[fe80::1]/"
            })
    void httpTakesAddressesThatItsClientCanReach(String address) {
        assertThatNoException().isThrownBy(() -> HttpPeerHealthChecker.requireProbeable(new Peer("a", address)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:8080, 10.0.0.1, 8080",
        "my_service:80, my_service, 80",
        "[::1]:9000, ::1, 9000",
        "http://host, host, 80",
        "HTTP://host, host, 80",
        "https://host/, host, 443",
        "https://host:8443/path, host, 8443",
        "http://[fe80::1]/, fe80::1, 80"
    })
    void findsHostAndPort(String address, String host, int port) {
        assertThat(HostPort.of(new Peer("a", address))).isEqualTo(new HostPort(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host",
                "host:",
                "host:port",
                "host:0",
                "host:65536",
                ":80",
                "::1",
                "[::1]",
                "ftp://host",
                "http://"
            })
    void refusesAddressesWithoutHostAndPort(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPort.of(new Peer("a", address)))
                .withMessageContaining("'a'")
                .withMessageContaining("'" + address + "'");
    }

    private static HttpServer answering(int status) throws IOException {
        HttpServer server = server();
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String address(HttpServer server) {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }
}
