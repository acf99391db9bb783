package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.raft.RaftTestCluster.TestNode;
import io.hamster.file.DirectoryLock;
import io.hamster.testing.FreePorts;
import io.hamster.testing.OtherProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftIdentityTests {

    @TempDir
    private Path root;

    @Test
    void neverVotesAgainWithAWipedDisk() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode a = cluster.node("a");
            TestNode b = cluster.node("b");
            TestNode c = cluster.node("c");
            a.propose("seen by all");
            c.stop();
            RecordingPart.Applied last = a.propose("seen by a and b");
            Peer formerB = b.group().peer().orElseThrow();
            a.stop();
            b.stop();
            b.wipe();

            // c knows the group, but b's vote went with its disk: the two of them mustn't make a leader.
            c.start(false);
            b.start(false);
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> cluster.leader().isEmpty());
            assertThat(b.group().waitingFor()).isPresent();

            a.start(false);

            assertThat(a.propose("with a again").count()).isEqualTo(last.count() + 1);
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> b.group().waitingFor().isEmpty());
            assertThat(b.group().peer()).isPresent().isNotEqualTo(Optional.of(formerB));
            b.awaitSameAs(a);
            c.stop();
            b.propose("b votes again, as another");
            b.stop();
            c.start(false);
            b.start(false);
            b.propose("after a restart as that");
            b.awaitSameAs(a);
        }
    }

    @Test
    void takesNothingThatIsMeantForItsFormerSelf() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode wiped = cluster.follower();
            TestNode leader = cluster.awaitLeader();
            UUID group = groupOf(cluster);
            wiped.stop();
            wiped.wipe();
            RecordingPart part = new RecordingPart();
            Ordering ordering = new Ordering(List.of());

            // The same address and group, but nobody has asked to take it in.
            GroupStateMachine machine = new GroupStateMachine(
                    Map.of(GroupLog.Part.LOCKS, part), TimeSource.system(), ordering, new NoEvents());
            Peer fresh = Identity.candidate(wiped.name()).peer(wiped.member());
            try (RatisNode impostor = new RatisNode(
                    wiped.member(),
                    wiped.settings(false),
                    Optional.empty(),
                    fresh,
                    group,
                    List.of(),
                    machine,
                    ordering)) {
                leader.propose("goes to the two others");

                await().during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> impostor.role().equals(GroupRole.OUTSIDE)
                                && impostor.voters().isEmpty());
                assertThat(part.summary()).startsWith("0 commands");
            }
        }
    }

    @Test
    void letsTheVotersFoundTheGroupOnlyAllTogether() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c")) {
            cluster.node("a").start(true);
            cluster.node("b").start(true);
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() ->
                            cluster.node("a").group().waitingFor().orElse("").contains("[c] to be reached"));
            assertThat(cluster.node("a").group().role()).isEqualTo(GroupRole.OUTSIDE);

            cluster.node("c").start(true);

            assertThat(cluster.awaitLeader().propose("together").count()).isOne();
            assertThat(cluster.nodes())
                    .allSatisfy(node -> assertThat(node.group().waitingFor()).isEmpty());
        }
    }

    @Test
    void foundsAloneWhenItIsTheOnlyMember() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            cluster.node("a").propose("one");
            cluster.node("a").stop();

            cluster.node("a").start(true);

            assertThat(cluster.node("a").propose("two").count()).isEqualTo(2);
            assertThat(cluster.node("a").group().isAlone()).isTrue();
        }
    }

    @Test
    void doesntStartEmptyAmongNobody() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c")) {
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> cluster.node("a").start(false))
                    .withMessageContaining("set hamster.cluster.raft.bootstrap=true on all nodes")
                    .withMessageContaining("node 'a'");
        }
    }

    @Test
    void joinsRatherThanFoundsWhenThereIsAGroup() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            cluster.awaitLeader().propose("before");
            TestNode wiped = cluster.follower();
            wiped.stop();
            wiped.wipe();

            wiped.start(true);

            wiped.awaitSameAs(cluster.awaitLeader());
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> wiped.group().waitingFor().isEmpty());
        }
    }

    @Test
    void saysThatTheOthersLookForItElsewhere() {
        String former;
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            cluster.awaitLeader().propose("before");
            former = "127.0.0.1:" + cluster.node("a").member().raftPort();
        }

        // The same directories, and ports of their own.
        try (RaftTestCluster moved = new RaftTestCluster(root, "a", "b", "c")) {
            moved.nodes().forEach(node -> node.start(false));

            assertThat(moved.node("a").group().waitingFor())
                    .hasValueSatisfying(what -> assertThat(what)
                            .contains("the others look for it at " + former)
                            .contains("it is at 127.0.0.1:"
                                    + moved.node("a").member().raftPort()));
        }
    }

    @Test
    void joinsAnewWhereItHasMovedTo() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            cluster.awaitLeader().propose("before");
            TestNode moved = cluster.follower();
            moved.stop();
            moved.wipe();
            moved.move();

            moved.start(false);

            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> moved.group().waitingFor().isEmpty());
            cluster.awaitLeader().propose("after");
            moved.awaitSameAs(cluster.awaitLeader());
        }
    }

    @Test
    void refusesADirectoryOfAnotherNode() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b")) {
            new IdentityFile(Files.createDirectories(cluster.node("a").directory())).write(Identity.candidate("other"));

            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> cluster.node("a").start(true))
                    .withMessageContaining("'other'");
        }
    }

    @Test
    void refusesADamagedIdentity() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            TestNode a = cluster.node("a");
            a.stop();
            Path file = a.directory().resolve("identity");
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);

            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> a.start(true))
                    .withMessageContaining("checksum")
                    .withMessageContaining("rejoin");
        }
    }

    @Test
    void refusesToVoteWithoutItsVotes() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            TestNode a = cluster.node("a");
            a.stop();
            Path identity = a.directory().resolve("identity");
            byte[] kept = Files.readAllBytes(identity);
            a.wipe();
            Files.createDirectories(a.directory());
            Files.write(identity, kept);

            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> a.start(true))
                    .withMessageContaining("is missing")
                    .withMessageContaining("rejoin");
        }
    }

    @Test
    void refusesALogOfNobodyOrOfAnotherGroup() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            TestNode a = cluster.node("a");
            a.stop();
            Path other = a.directory().resolve("raft").resolve(new UUID(1, 2).toString());
            Files.createDirectories(other);
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> a.start(true))
                    .withMessageContaining("another group");

            Files.delete(a.directory().resolve("identity"));
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> a.start(true))
                    .withMessageContaining("no identity");
        }
    }

    @Test
    void refusesADirectoryThatCantBeMade() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a")) {
            Files.writeString(cluster.node("a").directory(), "a file");

            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> cluster.node("a").start(true))
                    .withMessageContaining("can't be made");
        }
    }

    @Test
    void refusesADirectoryInUse() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> StartChecks.lock(cluster.node("a").directory()))
                    .withMessageContaining("another process");
        }
    }

    /** Closing any descriptor of a file would drop the process's locks of it. */
    @Test
    void aSecondUserThatIsRefusedLetsNoOtherProcessIn() throws Exception {
        Path directory = Files.createDirectory(root.resolve("locked"));
        Path lock = directory.resolve("lock");
        DirectoryLock held = StartChecks.lock(directory);
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> StartChecks.lock(directory));
        }

        assertThat(OtherProcess.canLock(lock)).isFalse();
        held.close();
        assertThat(OtherProcess.canLock(lock)).isTrue();
        StartChecks.lock(directory).close();
    }

    @Test
    void refusesAPortInUse() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            TestNode a = cluster.node("a");
            a.stop();
            try (ServerSocket taken = new ServerSocket(a.member().raftPort(), 1, InetAddress.getLoopbackAddress())) {
                assertThatExceptionOfType(ClusterConfigurationException.class)
                        .isThrownBy(() -> a.start(true))
                        .withMessageContaining(":" + taken.getLocalPort());
            }
            a.start(true);
            a.propose("free again");
        }
    }

    @Test
    void refusesAPortInUseBeforeItWaitsForOthers() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c")) {
            TestNode a = cluster.node("a");
            try (ServerSocket taken = new ServerSocket(a.member().raftPort(), 1, InetAddress.getLoopbackAddress())) {
                assertThatExceptionOfType(ClusterConfigurationException.class)
                        .isThrownBy(() -> a.start(true))
                        .withMessageContaining(":" + taken.getLocalPort());
            }
        }
    }

    @Test
    void neverReplacesTheLeaderByAnotherOfItsName() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode leader = cluster.awaitLeader();
            UUID group = groupOf(cluster);
            RaftMember elsewhere = new RaftMember(leader.member().node(), FreePorts.next());
            Peer namesake = Identity.candidate(leader.name()).peer(elsewhere);
            Ordering ordering = new Ordering(List.of());
            GroupStateMachine machine = new GroupStateMachine(
                    Map.of(GroupLog.Part.LOCKS, new RecordingPart()), TimeSource.system(), ordering, new NoEvents());
            RaftSettings settings = RaftSettings.of(root.resolve("namesake"), false);
            try (RatisNode impostor = new RatisNode(
                    elsewhere, settings, Optional.empty(), namesake, group, List.of(), machine, ordering)) {
                byte[] answer = cluster.network()
                        .join("somebody")
                        .request(leader.name(), Topic.GROUP, GroupWire.join(namesake), RaftTestCluster.PATIENCE)
                        .toCompletableFuture()
                        .orTimeout(RaftTestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();

                assertThat(answer).isEqualTo(GroupWire.refused());
                assertThat(impostor.isVoter()).isFalse();
            }
        }
    }

    private static UUID groupOf(RaftTestCluster cluster) {
        return Identity.groupOf(cluster.nodes().stream()
                .map(node -> node.group().peer().orElseThrow())
                .toList());
    }
}
