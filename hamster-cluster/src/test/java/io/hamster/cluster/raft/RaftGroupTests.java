package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.raft.RaftTestCluster.Led;
import io.hamster.cluster.raft.RaftTestCluster.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftGroupTests {

    private static final int HAND_OVERS = 30;
    private static final String BEGINS = "begins ";

    @TempDir
    private Path root;

    @Test
    void appliesCommandsAlikeWhereverTheyAreProposed() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            for (TestNode node : cluster.nodes()) {
                node.propose("from " + node.name());
            }

            TestNode leader = cluster.awaitLeader();
            awaitCommands(leader, 3);
            cluster.nodes().forEach(node -> node.awaitSameAs(leader));
            await().atMost(RaftTestCluster.PATIENCE).untilAsserted(() -> {
                Led led = cluster.led();
                assertThat(led.node().recording().turns()).endsWith(BEGINS + led.term());
            });
            cluster.nodes().forEach(RaftGroupTests::requirePairs);
        }
    }

    private static void awaitCommands(TestNode node, int count) {
        await().atMost(RaftTestCluster.PATIENCE)
                .untilAsserted(() -> assertThat(node.recording().summary()).startsWith(count + " commands"));
    }

    /** However many leaders there were. */
    private static void requirePairs(TestNode node) {
        List<String> turns = List.copyOf(node.recording().turns());
        List<Long> terms = turns.stream().flatMap(turn -> begun(turn).stream()).toList();
        assertThat(terms).isSorted().doesNotHaveDuplicates();
        List<String> pairs = terms.stream()
                .flatMap(term -> Stream.of(BEGINS + term, "ends " + term))
                .toList();
        // The last may go on.
        assertThat(turns).isIn(pairs, pairs.subList(0, Math.max(0, pairs.size() - 1)));
    }

    /** The term that begins with a turn. */
    private static Optional<Long> begun(String turn) {
        return turn.startsWith(BEGINS) ? Optional.of(Long.valueOf(turn.substring(BEGINS.length()))) : Optional.empty();
    }

    @Test
    void goesOnWithoutALeaderThatStopped() {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            RecordingPart.Applied before = cluster.awaitLeader().propose("before");
            Led led = cluster.led();
            TestNode first = led.node();

            first.stop();

            TestNode second = cluster.awaitLeader();
            assertThat(second.group().role().term()).isGreaterThan(led.term());
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

            await().atMost(Duration.ofSeconds(20)).until(alone::orders);
            behind.awaitSameAs(alone);
        }
    }

    @Test
    void agreesOnNothingInAMinority() throws Exception {
        try (RaftTestCluster cluster = new RaftTestCluster(root, "a", "b", "c").startAll()) {
            TestNode leader = cluster.awaitLeader();
            leader.propose("with all");
            awaitCommands(leader, 1);
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
            RecordingPart.Applied before = cluster.awaitLeader().propose("before");

            Led first = await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> handedOver(cluster.led()), Optional::isPresent)
                    .orElseThrow();

            await().atMost(RaftTestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(first.node().recording().turns())
                            .containsSubsequence(BEGINS + first.term(), "ends " + first.term()));
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> cluster.nodes().stream()
                            .filter(node -> node != first.node())
                            .anyMatch(node -> hasBegunAfter(first.term(), node)));
            cluster.nodes().forEach(RaftGroupTests::requirePairs);
            RecordingPart.Applied after = cluster.awaitLeader().propose("after");
            assertThat(after.count()).isEqualTo(2);
            // Nothing of a clock's own reading, which counts from the machine's start or the epoch.
            assertThat(after.time())
                    .isBetween(
                            before.time(),
                            RaftTestCluster.PATIENCE.multipliedBy(4).toNanos());
        }
    }

    /** An attempt that fails, as it may if the others are silent for a moment, is tried again. */
    private static Optional<Led> handedOver(Led leader) throws Exception {
        try {
            leader.node()
                    .group()
                    .handOver()
                    .toCompletableFuture()
                    .get(RaftTestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return Optional.of(leader);
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    private static boolean hasBegunAfter(long term, TestNode node) {
        return node.recording().turns().stream()
                .flatMap(turn -> begun(turn).stream())
                .anyMatch(later -> later > term);
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
                    await().atMost(RaftTestCluster.PATIENCE)
                            .until(() -> handedOver(cluster.led()).isPresent());
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
        try (RaftTestCluster cluster = new RaftTestCluster(root, RaftTestCluster::steady, "a", "b", "c").startAll()) {
            TestNode late = cluster.follower();
            late.propose("seen by all");
            late.stop();

            // More than a segment of the log, so that its first part goes with the second snapshot.
            proposeLarge(cluster, 2100);
            TestNode leader = cluster.awaitLeader();
            await().atMost(RaftTestCluster.PATIENCE)
                    .until(() -> files(leader, "log_0-").isEmpty());
            assertThat(files(leader, "snapshot.")).isNotEmpty();

            late.start(false);

            late.awaitSameAs(leader);
            assertThat(files(late, "snapshot.")).isNotEmpty();
            await().atMost(RaftTestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(late.group().machine().tableTime())
                            .isEqualTo(leader.group().machine().tableTime()));
            late.stop();
            late.start(false);
            late.awaitSameAs(leader);
        }
    }

    /** Proposes what a change of leaders fails once more. */
    private static void proposeLarge(RaftTestCluster cluster, int count) {
        byte[] large = new byte[8192];
        AtomicInteger left = new AtomicInteger(count);
        await().atMost(RaftTestCluster.PATIENCE.multipliedBy(2)).until(() -> {
            TestNode leader = cluster.awaitLeader();
            List<CompletableFuture<Boolean>> answers = IntStream.range(0, left.get())
                    .mapToObj(i -> leader.group()
                            .propose(GroupLog.Part.LOCKS, large, RaftTestCluster.PATIENCE)
                            .handle((answer, error) -> error == null)
                            .toCompletableFuture())
                    .toList();
            answers.stream().filter(CompletableFuture::join).forEach(agreed -> left.decrementAndGet());
            return left.get() == 0;
        });
    }

    private static List<Path> files(TestNode node, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(node.directory())) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }
}
