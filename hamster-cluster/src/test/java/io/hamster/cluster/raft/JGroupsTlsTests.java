package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Node;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in where certificates are required. */
class JGroupsTlsTests {

    private static final int INTRUDERS = 1000;
    /** Were each of them waited for, {@link #letsOthersInWhileManyAreSilent} would take longer than it may. */
    private static final int SILENT = 1200;

    private static ClusterTls ours;
    private static ClusterTls theirs;

    private final Messengers all = new Messengers();
    private final List<Node> nodes = Messengers.nodes(3);
    private List<JGroupsMessenger> members = List.of();

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        ours = certificates.tls("ours");
        theirs = certificates.tls("theirs");
    }

    @BeforeEach
    void start() {
        Optional<ClusterTls> tls = Optional.of(ours);
        members = nodes.subList(0, 2).stream()
                .map(node -> all.create(node, nodes, tls))
                .toList();
        for (JGroupsMessenger member : members) {
            member.handle(Topic.GROUP, (from, message) -> CompletableFuture.completedFuture(message));
            all.start(member);
        }
        all.awaitAlive(members, 2);
    }

    @AfterEach
    void close() {
        all.close();
    }

    @Test
    void letsThoseWithTheCertificateTalk() {
        byte[] large = new byte[3 << 20];
        JGroupsMessenger third = all.create(nodes.get(2), nodes, Optional.of(ours));
        all.start(third);

        all.awaitAlive(List.of(members.get(0), members.get(1), third), 3);

        assertThat(third.request("node1", Topic.GROUP, large, Messengers.PATIENCE)
                        .toCompletableFuture())
                .succeedsWithin(Messengers.PATIENCE)
                .isEqualTo(large);
        assertTalking();
    }

    @Test
    void refusesANodeWithoutACertificate() {
        assertStaysOut(Optional.empty());
    }

    @Test
    void refusesANodeOfAnotherAuthority() {
        assertStaysOut(Optional.of(theirs));
    }

    @Test
    void refusesANodeOfAnotherAuthorityThatTrustsOurs() {
        assertStaysOut(Optional.of(new ClusterTls(theirs.keys(), ours.trust())));
    }

    @Tag("torture")
    @Test
    void isNotDisturbedByRandomBytes() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < INTRUDERS; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            try (Socket socket = connect()) {
                OutputStream out = socket.getOutputStream();
                out.write(bytes);
            } catch (IOException e) {
                // The node may have closed it first, which is as well.
                assertThat(e).isNotNull();
            }
        }

        assertTalking();
        assertJoinable();
    }

    @Tag("torture")
    @Test
    @Timeout(value = 90, unit = TimeUnit.SECONDS)
    void letsOthersInWhileManyAreSilent() throws IOException {
        Socket[] silent = new Socket[SILENT];
        try {
            for (int i = 0; i < silent.length; i++) {
                silent[i] = connect();
            }

            assertJoinable();
            assertTalking();
        } finally {
            for (Socket socket : silent) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }

    private void assertStaysOut(Optional<ClusterTls> tls) {
        JGroupsMessenger intruder = all.create(nodes.get(2), nodes, tls);
        all.start(intruder);

        all.awaitAlive(List.of(intruder), 1);
        assertThat(all.members(members.get(0)).alive()).containsExactly("node1", "node2");
        assertTalking();
        assertThat(all.members(intruder).alive()).containsExactly("node3");
    }

    private void assertTalking() {
        for (int i = 0; i < 20; i++) {
            assertThat(members.get(0)
                            .request("node2", Topic.GROUP, new byte[] {1}, Messengers.PATIENCE)
                            .toCompletableFuture())
                    .succeedsWithin(Messengers.PATIENCE);
        }
        assertThat(members)
                .allSatisfy(member -> assertThat(member.session()
                                .orElseThrow()
                                .channel()
                                .getView()
                                .size())
                        .isGreaterThanOrEqualTo(2));
    }

    private void assertJoinable() {
        JGroupsMessenger third = all.create(nodes.get(2), nodes, Optional.of(ours));
        all.start(third);
        await().atMost(Messengers.PATIENCE)
                .until(() -> all.members(third).alive().size() == 3);
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), nodes.get(0).port());
    }
}
