package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.blocks.cs.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections with somebody who takes them and then does nothing, as a paused process does. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuardedSocketTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private ServerSocket paused;

    @BeforeEach
    void listen() throws IOException {
        paused = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        paused.close();
        scheduler.shutdownNow();
    }

    @Test
    void givesUpWritingToWhoeverDoesNotRead() throws IOException {
        try (GuardedSockets sockets = sockets(Optional.empty());
                Socket socket = sockets.createSocket("test")) {
            socket.connect(paused.getLocalSocketAddress(), 1000);
            OutputStream out = socket.getOutputStream();
            byte[] chunk = new byte[1 << 20];

            assertThatIOException().isThrownBy(() -> {
                while (true) {
                    out.write(chunk);
                }
            });
            assertThat(socket.isClosed()).isTrue();
        }
    }

    @Test
    void takesTheNextConnectionAfterOneForWhichThereWasNoThread() throws IOException {
        AtomicInteger made = new AtomicInteger();
        // The first is the gate's.
        ThreadFactory scarce = work -> {
            if (made.incrementAndGet() == 2) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return new Thread(work);
        };
        // Not watched: a pause of this machine mustn't end the connection that is to be taken.
        try (GuardedSockets sockets = new GuardedSockets(Optional.empty(), TIMEOUT, scheduler);
                GuardedServerSocket port = new GuardedServerSocket(sockets, scarce)) {
            port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort());
                    Socket second = new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort())) {
                greet(second);

                try (Socket accepted = port.accept()) {
                    assertThat(accepted.getPort()).isEqualTo(second.getLocalPort());
                    assertThat(first.getInputStream().read()).isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void givesUpAHandshakeThatIsNotAnswered(@TempDir Path directory) throws Exception {
        ClusterTls tls = new TestCertificates(directory).tls("node");
        try (GuardedSockets sockets = sockets(Optional.of(tls));
                Socket socket = sockets.createSocket("test")) {
            InetSocketAddress to = (InetSocketAddress) paused.getLocalSocketAddress();

            assertThatIOException().isThrownBy(() -> socket.connect(to, 1000));
            assertThat(socket.isClosed()).isTrue();
        }
    }

    @Test
    void endsEveryConnectionWithItself() throws IOException {
        GuardedSockets sockets = sockets(Optional.empty());
        Socket socket = sockets.createSocket("test");
        socket.connect(paused.getLocalSocketAddress(), 1000);

        sockets.close();

        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void leavesNoConnectionOpenThatBeginsAfterTheEnd() throws IOException {
        GuardedSockets sockets = sockets(Optional.empty());
        try (Socket socket = sockets.createSocket("test")) {
            sockets.close();

            assertThatIOException().isThrownBy(() -> socket.connect(paused.getLocalSocketAddress(), 1000));
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private GuardedSockets sockets(Optional<ClusterTls> tls) {
        GuardedSockets sockets = new GuardedSockets(tls, TIMEOUT, scheduler);
        sockets.start();
        return sockets;
    }

    /** As nodes begin: a cookie, a version, and no address. */
    private static void greet(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(Connection.cookie);
        out.write(new byte[4]);
        out.flush();
    }
}
