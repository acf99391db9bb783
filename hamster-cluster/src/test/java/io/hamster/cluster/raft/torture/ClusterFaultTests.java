package io.hamster.cluster.raft.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes on one machine under one fault after another. The invariants, after each: never two leaders at one time,
 * terms that rise, no two valid handles of a key, fences that rise, callbacks in pairs.
 */
@Tag("torture")
class ClusterFaultTests {

    private static final String KEY = "k";

    @TempDir
    Path directory;

    private Nodes nodes;

    private void start() {
        nodes = new Nodes(directory, "a", "b", "c");
        nodes.startAll();
        nodes.awaitLeader();
    }

    @AfterEach
    void nobodyLedBesideAnother() {
        try {
            LeaderLog.Contents leaders = nodes.leaders();
            assertThat(leaders.history().violations()).isEmpty();
            assertThat(leaders.history().beliefs()).isNotEmpty();
            assertThat(leaders.unpaired()).isEmpty();
            assertThat(nodes.holds().faults()).isEmpty();
            assertThat(nodes.holds().history().violations()).isEmpty();
        } finally {
            nodes.close();
        }
    }

    /** A node may say who leads a moment before it has written that it does. */
    private long awaitBeliefAfter(long moment) {
        return await().atMost(Nodes.PATIENCE)
                .until(
                        () -> nodes.leaders().history().beliefs().stream()
                                .mapToLong(Belief::from)
                                .filter(from -> from > moment)
                                .min(),
                        OptionalLong::isPresent)
                .getAsLong();
    }

    @Test
    void killedLeadersAreReplaced() {
        start();
        List<Long> failovers = new ArrayList<>();
        List<Long> firstLocks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String leader = nodes.awaitLeader();
            String survivor = nodes.others(leader).get(i % 2);
            long killed = System.nanoTime();
            nodes.kill(leader);
            awaitGrant(survivor, "failover-" + i);
            firstLocks.add(System.nanoTime() - killed);
            nodes.awaitLeader();
            failovers.add(awaitBeliefAfter(killed) - killed);
            nodes.start(leader);
        }
        print("leader killed, next leader", failovers);
        print("leader killed, first lock", firstLocks);
        assertThat(failovers).hasSize(20);
    }

    @Test
    void leaderThatStopsInAnOrderlyWayIsReplacedAtOnce() {
        start();
        List<Long> handOvers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String leader = nodes.awaitLeader();
            nodes.stop(leader);
            nodes.awaitLeader();
            List<Belief> beliefs = nodes.leaders().history().beliefs().stream()
                    .sorted(Comparator.comparingLong(Belief::from))
                    .toList();
            Belief last = beliefs.stream()
                    .filter(belief -> belief.owner().startsWith(leader + "-"))
                    .reduce((one, other) -> other)
                    .orElseThrow();
            handOvers.add(beliefs.stream()
                            .mapToLong(Belief::from)
                            .filter(from -> from > last.to())
                            .min()
                            .orElseThrow()
                    - last.to());
            nodes.start(leader);
            nodes.awaitLeader();
        }
        print("leader stopped, next leader", handOvers);
        assertThat(handOvers).hasSize(5);
    }

    @Test
    void leaderPausedFor15SecondsAndResumedLeadsBesideNobody() {
        start();
        String leader = nodes.awaitLeader();
        nodes.pause(leader);
        long term = term(nodes.awaitLeader(nodes.others(leader)));
        pass(Duration.ofSeconds(15));
        nodes.resume(leader);

        // It follows, or has been elected anew. That nobody leads beside another is looked for after each test.
        String standing = nodes.ask(leader, "leads");
        assertThat(standing.startsWith("false") || termOf(standing) > term)
                .as(standing)
                .isTrue();
        assertThat(term(nodes.awaitLeader())).isGreaterThanOrEqualTo(term);
    }

    @Test
    void oldLeaderWhoseFollowersAreBothStoppedNeitherWritesNorReads() {
        start();
        String leader = nodes.awaitLeader();
        String before = nodes.ask(leader, "lock " + KEY + " PT30S PT5S");
        assertThat(before).startsWith("granted ");
        nodes.others(leader).forEach(nodes::pause);

        int write = nodes.tell(leader, "lock other PT30S PT3S");
        int read = nodes.tell(leader, "status " + KEY);
        assertThat(nodes.answer(leader, write)).startsWith("failed ");
        assertThat(nodes.answer(leader, read)).startsWith("failed ");
        await().atMost(Nodes.PATIENCE).until(() -> nodes.ask(leader, "leads").startsWith("false"));

        nodes.others(leader).forEach(nodes::resume);
        nodes.awaitLeader();
        assertThat(nodes.ask(leader, "status " + KEY))
                .isEqualTo(nodes.ask(nodes.others(leader).get(0), "status " + KEY));
    }

    @Test
    void resumedOldLeaderWritesAndReadsWhatTheNewOneHas() {
        start();
        String leader = nodes.awaitLeader();
        long first = fence(nodes.ask(leader, "lock " + KEY + " PT2S PT5S"));
        nodes.pause(leader);
        List<String> others = nodes.others(leader);
        nodes.awaitLeader(others);
        long second = awaitGrant(others.get(0), KEY);
        assertThat(second).isGreaterThan(first);
        nodes.resume(leader);

        long third = awaitGrant(leader, "other");
        assertThat(third).isGreaterThan(second);
        nodes.awaitLeader();
        List<String> seen = nodes.names().stream()
                .map(name -> nodes.ask(name, "status " + KEY))
                .distinct()
                .toList();
        assertThat(seen).singleElement().asString().contains(" " + second + " ");
    }

    @Test
    void pausedFollowersCatchUp() {
        start();
        String leader = nodes.awaitLeader();
        String follower = nodes.others(leader).get(0);
        nodes.pause(follower);
        long first = awaitGrant(leader, "one");
        long second = awaitGrant(leader, "two");
        nodes.resume(follower);

        assertThat(second).isGreaterThan(first);
        assertThat(awaitStatus(follower, "one")).contains(" " + first + " ");
    }

    @Test
    void minorityNeitherLeadsNorGrants() {
        start();
        String survivor = nodes.awaitLeader();
        nodes.others(survivor).forEach(nodes::kill);

        await().atMost(Nodes.PATIENCE).until(() -> nodes.ask(survivor, "leads").startsWith("false"));
        assertThat(nodes.ask(survivor, "lock " + KEY + " PT30S PT2S")).startsWith("failed LockUnavailableException");
        assertThat(nodes.ask(survivor, "status " + KEY)).startsWith("failed ");
    }

    @Test
    void fullRestartKeepsLocksFencesAndTerms() {
        start();
        String leader = nodes.awaitLeader();
        long fence = fence(nodes.ask(leader, "lock " + KEY + " PT1H PT5S"));
        long term = term(leader);
        nodes.names().forEach(nodes::kill);
        nodes.startAll();

        String next = nodes.awaitLeader();
        assertThat(term(next)).isGreaterThan(term);
        assertThat(awaitStatus(next, KEY)).startsWith("held " + fence + " ");
        assertThat(awaitGrant(next, "other")).isGreaterThan(fence);
    }

    @Test
    void wipedNodeIsNotLetBackInAsItself() {
        start();
        nodes.kill("c");
        nodes.awaitLeader();
        long fence = awaitGrant("a", KEY);
        nodes.kill("a");
        nodes.kill("b");
        String former = nodes.incarnation("b");
        nodes.wipe("b");
        nodes.start("b");
        nodes.start("c");
        // Time in which they don't reach each other shows nothing.
        await("b and c in reach of each other")
                .atMost(Nodes.PATIENCE)
                .until(() -> nodes.ask("b", "members").contains("c")
                        && nodes.ask("c", "members").contains("b"));
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofMillis(500));
            assertThat(nodes.ask("b", "leader")).isEqualTo("none");
            assertThat(nodes.ask("c", "leader")).isEqualTo("none");
        }

        nodes.start("a");
        nodes.awaitLeader();
        assertThat(awaitGrant("b", "other")).isGreaterThan(fence);
        assertThat(nodes.incarnation("b")).as("a wiped node is another voter").isNotEqualTo(former);
        nodes.kill("a");
        nodes.awaitLeader();
    }

    @Test
    void clocksThatDifferByMinutesDoNoHarm() {
        Random random = new Random(7);
        nodes = new Nodes(directory, "a", "b", "c")
                .with(with -> new NodeArguments(
                        with.name(),
                        with.owner(),
                        with.members(),
                        with.directory(),
                        with.files(),
                        Duration.ofSeconds(120L * (random.nextInt(3) - 1)),
                        true,
                        with.lease()));
        nodes.startAll();
        for (int i = 0; i < 3; i++) {
            String leader = nodes.awaitLeader();
            pass(Duration.ofSeconds(2));
            nodes.kill(leader);
            nodes.start(leader);
        }
        nodes.awaitLeader();
        nodes.stopAll();
        assertThat(nodes.holds().history().size()).isGreaterThan(20);
    }

    @Test
    void slowFunctionDelaysNoOther() {
        start();
        String target = nodes.others("a").get(0);
        List<Integer> slow = IntStream.range(0, 100)
                .mapToObj(i -> nodes.tell("a", "sleep " + target + " 6000 PT20S"))
                .toList();

        assertThat(nodes.ask("a", "echo " + target + " hello")).isEqualTo("hello");
        assertThat(slow.stream().map(id -> nodes.answer("a", id)).filter("slept 6000"::equals))
                .isNotEmpty();
    }

    @Test
    void noTwoHandlesAreValidWhileNodesAreKilledAndPaused() {
        nodes = new Nodes(directory, "a", "b", "c")
                .with(with -> new NodeArguments(
                        with.name(),
                        with.owner(),
                        with.members(),
                        with.directory(),
                        with.files(),
                        Duration.ZERO,
                        true,
                        with.lease()));
        nodes.startAll();
        nodes.awaitLeader();
        Random random = new Random(42);
        long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (System.nanoTime() < end) {
            pass(Duration.ofMillis(500 + random.nextInt(2500)));
            String node = nodes.names().get(random.nextInt(3));
            if (random.nextBoolean()) {
                nodes.kill(node);
                pass(Duration.ofMillis(random.nextInt(1000)));
                nodes.start(node);
            } else {
                nodes.pause(node);
                pass(Duration.ofMillis(200 + random.nextInt(3000)));
                nodes.resume(node);
            }
            assertThat(nodes.names()).allMatch(nodes::isAlive);
            if (random.nextInt(3) == 0) {
                // Whoever was away follows again, which takes the latest of the log.
                nodes.awaitLeader();
            }
        }
        nodes.awaitLeader();
        nodes.stopAll();
        System.out.printf(
                "Cluster torture: %d holds, %d leaderships%n",
                nodes.holds().history().size(),
                nodes.leaders().history().beliefs().size());
        assertThat(nodes.holds().history().size()).isGreaterThan(100);
        assertThat(nodes.leaders().history().changes()).isPositive();
    }

    /** The fence of a lock that is taken as soon as that can be. */
    private long awaitGrant(String node, String key) {
        return fence(await("a grant at " + node)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Nodes.PATIENCE)
                .until(
                        () -> nodes.ask(node, "lock " + key + " PT1H PT10S"),
                        answer -> !answer.startsWith("failed LockUnavailable")));
    }

    private String awaitStatus(String node, String key) {
        return await("the status at " + node)
                .atMost(Nodes.PATIENCE)
                .until(() -> nodes.ask(node, "status " + key), answer -> !answer.startsWith("failed"));
    }

    private static long fence(String answer) {
        assertThat(answer).startsWith("granted ");
        return Long.parseLong(answer.substring("granted ".length()));
    }

    private long term(String node) {
        return termOf(nodes.ask(node, "leads"));
    }

    private static long termOf(String standing) {
        return Long.parseLong(standing.split(" ")[1]);
    }

    private static void print(String what, List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        System.out.printf(
                "%s: median %d ms, longest %d ms, of %d%n",
                what,
                sorted.get(sorted.size() / 2) / 1_000_000,
                sorted.get(sorted.size() - 1) / 1_000_000,
                sorted.size());
    }

    /** The faults are real ones in real time. */
    private static void pass(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
