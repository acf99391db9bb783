package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.raft.RaftTestCluster.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftGroupTests {

    private static final int HAND_OVERS = 30;

    @TempDir
    private Path root;

    @Test
    void appliesCommandsAlikeWhereverTheyAreProposed() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            for (TestNode node : cluster.nodes()) {
                node.propose("from " + node.name());
            }

            TestNode leader = cluster.awaitLeader();
            assertThat(leader.recording().summary()).startsWith("3 commands");
            cluster.nodes().forEach(node -> node.awaitSameAs(leader));
            assertThat(leader.recording().turns())
                    .containsExactly("begins " + leader.group().role().term());
        }
    }

    @Test
    void goesOnWithoutALeaderThatStopped() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode first = cluster.awaitLeader();
            RecordingPart.Applied before = first.propose("before");
            long term = first.group().role().term();

            first.stop();

            TestNode second = cluster.awaitLeader();
            assertThat(second.group().role().term()).isGreaterThan(term);
            RecordingPart.Applied after = second.propose("after");
            assertThat(after.count()).isEqualTo(2);
            assertThat(after.time()).isGreaterThanOrEqualTo(before.time());
            first.start(false);
            first.awaitSameAs(second);
        }
    }

    @Tag("torture")
    @Test
    void electsTheOneWithTheLongestLogThoughItWasAloneForLong() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode alone = cluster.node("a");
            TestNode behind = cluster.node("c");
            alone.propose("with all");
            behind.stop();
            alone.propose("without c");
            cluster.node("b").stop();
            // Left to themselves, connections to those who are away are by now tried every quarter of a minute.
            await().pollDelay(Duration.ofSeconds(28))
                    .atMost(RaftTestCluster.PATIENCE)
                    .until(() -> true);

            behind.start(false);

            await().atMost(Duration.ofSeconds(8)).until(alone::orders);
            behind.awaitSameAs(alone);
        }
    }

    @Test
    void agreesOnNothingInAMinority() throws Exception {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode leader = cluster.awaitLeader();
            leader.propose("with all");
            cluster.nodes().stream().filter(node -> node != leader).forEach(TestNode::stop);

            // Both a command that reaches the leader before it notices and one that comes later.
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> leader.tryPropose("alone".getBytes()))
                    .withCauseInstanceOf(GroupUnavailableException.class);
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> leader.group().leader().isEmpty());
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> leader.tryPropose("later".getBytes()))
                    .withCauseInstanceOf(GroupUnavailableException.class)
                    .withMessageContaining("no leader");
            assertThat(leader.recording().summary()).startsWith("1 commands");
        }
    }

    @Test
    void goesOnAfterSubmissionsThatFailed() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a").startAll()) {
            TestNode only = cluster.awaitLeader();

            // One more than may wait at once. None of them is for any part, which shows when it is submitted.
            for (int i = 0; i <= RatisProperties.MAX_PENDING; i++) {
                assertThat(only.group().propose(null, new byte[1], RaftTestCluster.PATIENCE))
                        .failsWithin(RaftTestCluster.PATIENCE)
                        .withThrowableThat()
                        .withCauseInstanceOf(GroupUnavailableException.class)
                        .withMessageContaining("didn't agree");
            }

            assertThat(only.propose("after").count()).isEqualTo(1);
        }
    }

    @Test
    void keepsTermsStateAndTimeOverAFullRestart() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode leader = cluster.awaitLeader();
            RecordingPart.Applied before = leader.propose("before");
            long term = leader.group().role().term();
            cluster.stopAll();

            cluster.nodes().forEach(node -> node.start(false));

            TestNode next = cluster.awaitLeader();
            assertThat(next.group().role().term()).isGreaterThan(term);
            RecordingPart.Applied after = next.propose("after");
            assertThat(after.count()).isEqualTo(2);
            assertThat(after.time()).isGreaterThanOrEqualTo(before.time());
        }
    }

    @Test
    void handsOverWhenAskedTo() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode first = cluster.awaitLeader();
            RecordingPart.Applied before = first.propose("before");
            long term = first.group().role().term();

            assertThat(first.group().handOver()).succeedsWithin(RaftTestCluster.PATIENCE);

            TestNode second = cluster.awaitLeader();
            assertThat(second).isNotSameAs(first);
            assertThat(first.recording().turns()).containsExactly("begins " + term, "ends " + term);
            RecordingPart.Applied after = second.propose("after");
            assertThat(after.count()).isEqualTo(2);
            // Nothing of a clock's own reading, which counts from the machine's start or the epoch.
            assertThat(after.time()).isBetween(before.time(), RaftTestCluster.PATIENCE.toNanos());
        }
    }

    @Tag("torture")
    @Test
    void handsOverAgainAndAgainAmidProposals() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            AtomicBoolean over = new AtomicBoolean();
            List<CompletableFuture<Void>> proposers = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> proposeUntil(over, cluster)))
                    .toList();
            try {
                for (int i = 0; i < HAND_OVERS; i++) {
                    TestNode leader = cluster.awaitLeader();
                    assertThat(leader.group().handOver()).succeedsWithin(RaftTestCluster.PATIENCE);
                    assertThat(cluster.awaitLeader().propose("after " + i).count())
                            .isPositive();
                }
            } finally {
                over.set(true);
            }
            assertThat(proposers)
                    .allSatisfy(
                            proposer -> assertThat(proposer).succeedsWithin(RaftTestCluster.PATIENCE.multipliedBy(2)));
        }
    }

    private static void proposeUntil(AtomicBoolean over, RaftTestCluster cluster) {
        while (!over.get()) {
            cluster.leader()
                    .ifPresent(leader -> leader.group()
                            .propose(GroupLog.Part.LOCKS, "amid".getBytes(), Duration.ofSeconds(1))
                            .exceptionally(error -> null)
                            .toCompletableFuture()
                            .join());
        }
    }

    @Test
    void bringsANodeUpToDateBySnapshotOnceItsEntriesAreGone() throws IOException {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode late = cluster.follower();
            late.propose("seen by all");
            late.stop();
            TestNode leader = cluster.awaitLeader();

            // More than a segment of the log, so that its first part goes with the second snapshot.
            byte[] large = new byte[8192];
            List<CompletableFuture<byte[]>> answers = IntStream.range(0, 2100)
                    .mapToObj(i -> leader.group()
                            .propose(GroupLog.Part.LOCKS, large, Duration.ofSeconds(30))
                            .toCompletableFuture())
                    .toList();
            assertThat(CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)))
                    .succeedsWithin(RaftTestCluster.PATIENCE);
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> files(leader, "log_0-").isEmpty());
            assertThat(files(leader, "snapshot.")).isNotEmpty();

            late.start(false);

            late.awaitSameAs(leader);
            assertThat(files(late, "snapshot.")).isNotEmpty();
            assertThat(late.group().machine().tableTime())
                    .isEqualTo(leader.group().machine().tableTime());
            late.stop();
            late.start(false);
            late.awaitSameAs(leader);
        }
    }

    private static List<Path> files(TestNode node, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(node.directory())) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }
}
