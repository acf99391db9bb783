package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.raft.RaftTestCluster.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.apache.ratis.proto.RaftProtos.GroupListRequestProto;
import org.apache.ratis.proto.grpc.AdminProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftSecurityTests {

    @TempDir
    private Path root;

    @Test
    void listensOnItsOwnAddressOnly() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            int port = cluster.node("a").member().raftPort();
            connect(InetAddress.getByName("127.0.0.1"), port).close();

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> connect(InetAddress.getByName("127.0.0.2"), port));
            for (InetAddress address : addresses()) {
                assertThatExceptionOfType(IOException.class).as("%s", address).isThrownBy(() -> connect(address, port));
            }
        }
    }

    @Test
    void refusesRatisClientsAndAdministrators() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", cluster.node("a").member().raftPort())
                    .usePlaintext()
                    .build();
            try {
                assertThatExceptionOfType(StatusRuntimeException.class)
                        .isThrownBy(() -> AdminProtocolServiceGrpc.newBlockingStub(channel)
                                .groupList(GroupListRequestProto.getDefaultInstance()))
                        .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void worksOverTlsAndRefusesWhoeverHasNoCertificate() throws Exception {
        TestCertificates certificates = new TestCertificates(root);
        ClusterTls trusted = certificates.tls("member");
        try (RaftTestCluster cluster = cluster(trusted)) {
            cluster.startAll();
            for (TestNode node : cluster.nodes()) {
                node.propose("over TLS from " + node.name());
            }
            int port = cluster.node("a").member().raftPort();

            handshake(port, new KeyManager[] {trusted.keys()}, trusted);
            assertThatExceptionOfType(IOException.class)
                    .as("no certificate")
                    .isThrownBy(() -> handshake(port, new KeyManager[0], trusted));
            assertThatExceptionOfType(IOException.class)
                    .as("a certificate of another authority")
                    .isThrownBy(() -> handshake(
                            port, new KeyManager[] {certificates.tls("intruder").keys()}, trusted));
            assertThatExceptionOfType(SSLException.class)
                    .as("the member's certificate, which another authority's node doesn't trust")
                    .isThrownBy(() -> handshake(port, new KeyManager[] {trusted.keys()}, certificates.tls("intruder")));
        }
    }

    @Test
    @Tag("torture")
    void takesNoVotesFromANodeWithAnotherCertificate() throws Exception {
        TestCertificates certificates = new TestCertificates(root);
        ClusterTls trusted = certificates.tls("member");
        ClusterTls intruder = certificates.tls("intruder");
        try (RaftTestCluster cluster = new RaftTestCluster(
                root,
                RecordingPart::new,
                settings -> settings,
                name -> Optional.of(name.equals("c") ? intruder : trusted),
                "a",
                "b",
                "c")) {
            cluster.nodes().forEach(node -> node.start(true));
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> cluster.leader()
                            .filter(node -> !node.name().equals("c"))
                            .isPresent());
            TestNode leader = cluster.leader().orElseThrow();
            leader.propose("without c");

            assertThat(cluster.node("c").recording().summary()).startsWith("0 commands");
            cluster.nodes().stream()
                    .filter(node -> node != leader && !node.name().equals("c"))
                    .forEach(TestNode::stop);
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> leader.group().leader().isEmpty());
        }
    }

    private RaftTestCluster cluster(ClusterTls tls) {
        return new RaftTestCluster(
                root, RecordingPart::new, settings -> settings, name -> Optional.of(tls), "a", "b", "c");
    }

    /** Connects and reads: with TLS 1.3 a server's refusal arrives after the client's side of the handshake. */
    private static void handshake(int port, KeyManager[] keys, ClusterTls trust)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {trust.trust()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout((int) RaftTestCluster.PATIENCE.toMillis());
            socket.startHandshake();
            // The first frame of HTTP/2 that a server sends, its settings.
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes());
            socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            if (socket.getInputStream().read() < 0) {
                throw new IOException("closed by the server");
            }
        }
    }

    private static Socket connect(InetAddress address, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(address, port), 2000);
        return socket;
    }

    private static List<InetAddress> addresses() throws IOException {
        return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
    }
}
