package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.raft.RaftTestCluster.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of two releases in one group, of which only the newer one knows the commands that begin with "!". */
class RaftUpgradeTests {

    @TempDir
    private Path root;

    /** Whether each node that starts, one after the other, is of the newer release. */
    private RaftTestCluster cluster(List<Boolean> newer, String... names) {
        Iterator<Boolean> next = newer.iterator();
        return new RaftTestCluster(
                root, () -> new RecordingPart(next.next()), settings -> settings, name -> Optional.empty(), names);
    }

    @Test
    void takesNoEntryIntoTheLogThatItCannotApply() throws Exception {
        try (RaftTestCluster cluster = cluster(List.of(false, false), "a").startAll()) {
            TestNode node = cluster.node("a");
            node.propose("known");

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> node.tryPropose("!unknown".getBytes()))
                    .withCauseInstanceOf(GroupUnavailableException.class)
                    .withStackTraceContaining("it is of a newer release");

            assertThat(node.propose("known again").count()).isEqualTo(2);
            node.stop();
            node.start(false);
            assertThat(node.propose("after a restart").count()).isEqualTo(3);
        }
    }

    @Test
    void stopsAtAnEntryOfANewerReleaseUntilItIsOfThatReleaseItself() {
        try (RaftTestCluster cluster =
                cluster(List.of(true, true, false, false, true), "a", "b", "c").startAll()) {
            TestNode old = cluster.node("c");
            TestNode leader = newLeader(cluster, old);
            leader.propose("known");
            old.awaitSameAs(leader);
            String before = old.recording().summary();

            leader.propose("!unknown");
            leader.propose("known, but later");

            awaitOutdated(old);
            assertThat(old.recording().summary()).isEqualTo(before);
            assertThat(old.group().role()).isEqualTo(GroupRole.OUTSIDE);

            old.stop();
            old.start(false);
            awaitOutdated(old);
            assertThat(old.recording().summary()).isEqualTo(before);

            old.stop();
            old.start(false);
            old.awaitSameAs(newLeader(cluster, old));
            assertThat(old.group().waitingFor()).isEmpty();
        }
    }

    private static void awaitOutdated(TestNode node) {
        await().atMost(RaftTestCluster.PATIENCE)
                .until(() -> node.group().waitingFor().orElse("").contains("it is of a newer release"));
        await().atMost(RaftTestCluster.PATIENCE).until(() -> node.group().role() == GroupRole.OUTSIDE);
        await().atMost(RaftTestCluster.PATIENCE)
                .until(() -> !listens(node.member().raftPort()));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Whoever leads once the other gives leadership away whenever it gets it. */
    private static TestNode newLeader(RaftTestCluster cluster, TestNode old) {
        old.group().decline(true);
        return await().atMost(RaftTestCluster.PATIENCE).until(cluster::awaitLeader, leader -> leader != old);
    }
}
