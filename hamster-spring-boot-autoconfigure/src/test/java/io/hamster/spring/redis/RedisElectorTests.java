package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Standing;
import io.hamster.spring.redis.Beliefs.Belief;
import io.hamster.spring.redis.Beliefs.Confirmation;
import io.hamster.spring.redis.LeaderLease.Finding;
import io.hamster.spring.redis.LeaderLease.Wish;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.Resp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who leads, while nodes and Redis come and go. Real time, as Redis keeps its own. */
@RedisTest(exclusive = true)
class RedisElectorTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ElectionTimes SLOW =
            ElectionTimes.of(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(20));
    /** Of a lease that outlives a pause of this process. */
    private static final Duration LASTING = Duration.ofSeconds(4);

    private final RedisServer server;
    private final String namespace = "test-" + UUID.randomUUID();
    private final Beliefs beliefs = new Beliefs();
    private final List<GroupNode> nodes = new ArrayList<>();

    RedisElectorTests(RedisDeployment redis) {
        server = redis.servers().get(0);
    }

    @AfterEach
    void noMomentHadTwoLeaders() {
        nodes.forEach(GroupNode::close);
        assertThat(beliefs.violations()).isEmpty();
    }

    private GroupNode started(GroupNode node) {
        nodes.add(node);
        node.elect(beliefs);
        return node;
    }

    private List<GroupNode> start(int count) {
        return start(count, GroupNode.PERIOD);
    }

    private List<GroupNode> start(int count, Duration period) {
        return start(count, ElectionTimes.of(GroupNode.INTERVAL, period, GroupNode.SYNC));
    }

    private List<GroupNode> start(int count, ElectionTimes times) {
        return Stream.generate(
                        () -> started(new GroupNode(server.port(), namespace, "node" + (nodes.size() + 1), times)))
                .limit(count)
                .toList();
    }

    private GroupNode leader() {
        return await().atMost(PATIENCE)
                .until(() -> nodes.stream().filter(GroupNode::leads).toList(), leaders -> leaders.size() == 1)
                .get(0);
    }

    private List<GroupNode> others(GroupNode leader) {
        return nodes.stream().filter(node -> node != leader).toList();
    }

    private GroupNode settled() {
        GroupNode leader = leader();
        await().atMost(PATIENCE).until(() -> others(leader).stream().allMatch(other -> other.follows(leader)));
        return leader;
    }

    private String redis(String... command) {
        try (Resp redis = server.connect()) {
            return String.valueOf(redis.command(command));
        }
    }

    private String key(String last) {
        return namespace + ":{cluster}:" + last;
    }

    @Test
    void electsOneAndKeepsIt() {
        start(3, LASTING);
        GroupNode leader = settled();
        long term = leader.standing().term();

        RedisFixture.pass(LASTING.multipliedBy(3).dividedBy(2));

        assertThat(leader.leads()).isTrue();
        assertThat(leader.standing().term()).isEqualTo(term);
        assertThat(others(leader)).allMatch(other -> other.follows(leader));
        assertThat(redis("PTTL", key("terms"))).isEqualTo("-1");
    }

    @Test
    void replacesALeaderThatHasCrashedWithinOnePeriodNotTwo() {
        // So long that a pause of this process makes nobody doubt what Redis knows, and wait for another period.
        Duration period = Duration.ofSeconds(8);
        start(3, period);
        GroupNode first = settled();
        long term = first.standing().term();

        first.crash();

        await().atMost(period.plusSeconds(6)).until(() -> others(first).stream().anyMatch(GroupNode::leads));
        assertThat(leader().standing().term()).isGreaterThan(term);
        assertThat(first.leads()).isFalse();
    }

    @Test
    void replacesALeaderThatResignsAtOnce() {
        start(3, SLOW);
        GroupNode first = settled();
        long term = first.standing().term();

        CompletableFuture<Void> resigned = first.elector.resign(true, false).toCompletableFuture();

        // By expiry it would take a minute, and by looking now and then 16 seconds.
        await().atMost(Duration.ofSeconds(15))
                .until(() -> others(first).stream().anyMatch(GroupNode::leads));
        assertThat(resigned).succeedsWithin(PATIENCE);
        GroupNode second = leader();
        assertThat(second.standing().term()).isEqualTo(term + 1);
        await().atMost(PATIENCE).until(() -> first.follows(second));
    }

    @Test
    void leadsAgainIfNobodyElseDoes() {
        GroupNode only = start(1).get(0);
        long term = leader().standing().term();

        only.elector.resign(true, false);
        long resigned = System.nanoTime();

        assertThat(beliefs.all())
                .filteredOn(belief -> belief.term() == term)
                .isNotEmpty()
                .allMatch(belief -> belief.to() - resigned <= 0);
        assertThat(leader().standing().term()).isGreaterThan(term);
    }

    @Test
    void leavesItsLeaseToRunOutWhileItsWorkGoesOn() {
        start(2, LASTING);
        GroupNode first = settled();
        GroupNode second = others(first).get(0);

        assertThat(first.elector.resign(false, true)).isCompleted();

        assertThat(first.leads()).isFalse();
        assertThat(Long.parseLong(redis("PTTL", key("leader")))).isPositive();
        await().atMost(PATIENCE).until(second::leads);
        List<Confirmation> own = beliefs.confirmations(first.node.name());
        Confirmation last = own.get(own.size() - 1);
        // Not before the lease ran out that was last confirmed.
        assertThat(beliefs.confirmations(second.node.name()))
                .filteredOn(next -> next.at() - last.at() > 0)
                .isNotEmpty()
                .allMatch(next -> next.at() - last.deadline() >= 0);
    }

    @Test
    void leadsNoMoreOnceItHasResignedForGood() {
        start(2);
        GroupNode first = settled();

        first.elector.resign(true, true);
        GroupNode second = leader();
        second.elector.resign(true, true);
        RedisFixture.pass(GroupNode.PERIOD.multipliedBy(2));

        assertThat(nodes).noneMatch(GroupNode::leads);
        assertThat(second).isNotSameAs(first);
    }

    @Test
    void stopsAtItsDeadlineWhenNobodyAnswersBeforeAnotherLeads() {
        start(3);
        GroupNode first = settled();

        first.proxy.holdReplies();

        await().atMost(PATIENCE).until(() -> others(first).stream().anyMatch(GroupNode::leads));
        assertThat(first.leads()).isFalse();
        first.proxy.cut();
        first.proxy.passReplies();
        await().atMost(PATIENCE).until(() -> first.follows(leader()));
    }

    @Test
    void countsItsLeaseFromBeforeItAskedHoweverLateTheAnswer() {
        ElectionTimes times = ElectionTimes.of(GroupNode.INTERVAL, Duration.ofSeconds(3), GroupNode.SYNC);
        Duration late = Duration.ofMillis(300);
        start(3, times);
        settled();
        nodes.forEach(node -> node.proxy.delayReplies(late));
        long delayed = System.nanoTime();

        List<Confirmation> confirmations =
                await().atMost(PATIENCE).until(() -> confirmationsAskedForAfter(delayed), asked -> !asked.isEmpty());

        // The answer came that much later than it was asked for, if not more.
        assertThat(confirmations)
                .allMatch(each -> each.deadline() - each.at() <= times.period() - times.margin() - late.toNanos());
        GroupNode first = leader();
        others(first).forEach(node -> node.proxy.delayReplies(Duration.ZERO));
        first.crash();
        await().atMost(PATIENCE).until(() -> others(first).stream().anyMatch(GroupNode::leads));
        // With the late answer's time the two would have led together, which is looked for after each test.
        assertThat(first.leads()).isFalse();
    }

    /** Each node asks one question at a time, and may have asked before that time for what came first after it. */
    private List<Confirmation> confirmationsAskedForAfter(long time) {
        return nodes.stream()
                .flatMap(node -> beliefs.confirmations(node.node.name()).stream()
                        .filter(each -> each.at() - time > 0)
                        .skip(1))
                .toList();
    }

    @Test
    void goesOnWithHigherTermsAfterRedisRestarted() {
        start(3);
        GroupNode first = settled();
        long term = first.standing().term();

        server.kill();
        await().atMost(PATIENCE).until(() -> !first.leads());
        // In Redis the lease lasts for longer than the node itself counts on.
        RedisFixture.pass(GroupNode.PERIOD);
        server.start();

        assertThat(leader().standing().term()).isGreaterThan(term);
    }

    @Test
    void keepsItsLeaderIfRedisIsBackSoon() {
        started(new GroupNode(server.port(), namespace, "slow", SLOW));
        GroupNode first = leader();
        long term = first.standing().term();

        server.kill();
        server.start();

        await().atMost(PATIENCE).until(first.lines::isUp);
        assertThat(first.leads()).isTrue();
        assertThat(first.standing().term()).isEqualTo(term);
    }

    @Test
    void countsTermsOnAfterRedisForgotEverything() {
        start(3);
        settled();
        redis("HSET", key("terms"), "last", "41");
        // A term that one node alone knew of would be forgotten with it.
        long term = await().atMost(PATIENCE)
                .until(
                        () -> nodes.stream()
                                .map(node -> node.standing().term())
                                .distinct()
                                .toList(),
                        known -> known.size() == 1 && known.get(0) > 41)
                .get(0);

        redis("FLUSHALL");

        await().atMost(PATIENCE)
                .until(() -> nodes.stream().allMatch(node -> node.standing().term() > term));
        assertThat(leader().standing().term()).isGreaterThan(term);
        assertThat(nodes)
                .allSatisfy(node -> assertThat(beliefs.terms(node.node.name())).isSorted());
    }

    @Test
    void doesNotTakeAForgottenLeaseBeforeItCanHaveRunOut() {
        start(2);
        GroupNode first = settled();
        GroupNode second = others(first).get(0);
        // The leader knows nothing of it for as long as it leads.
        first.proxy.refuse(true);

        redis("FLUSHALL");

        await().atMost(PATIENCE).until(second::leads);
        assertThat(first.leads()).isFalse();
    }

    @Test
    void doesNotTakeALeaseThatIsGoneWithItsTermsUnlessItInsists() {
        GroupNode node = new GroupNode(server.port(), namespace, "node");
        nodes.add(node);
        node.lines.start();
        LeaderLease lease = new LeaderLease(node.lines, "node", GroupNode.PERIOD);

        for (Wish wish : List.of(Wish.INHERIT, Wish.ACQUIRE)) {
            assertThat(lease.ask(wish, 7))
                    .succeedsWithin(PATIENCE)
                    .returns(Finding.FORGOTTEN, LeaderLease.Answer::finding);
        }
        assertThat(lease.ask(Wish.INSIST, 7))
                .succeedsWithin(PATIENCE)
                .returns(Finding.GRANTED, LeaderLease.Answer::finding)
                .returns(8L, LeaderLease.Answer::term);
    }

    @Test
    void leavesALeaseAloneWhoseReleaseMayStillArriveWhenItStartsAgain() {
        start(2);
        GroupNode first = settled();
        GroupNode second = others(first).get(0);
        // Redis then knows the script: one request is a release.
        assertThat(new LeaderLease(first.lines, "other", GroupNode.PERIOD).release(0))
                .succeedsWithin(PATIENCE)
                .isEqualTo(false);
        first.proxy.holdRequests();
        CompletableFuture<Void> resigned = first.elector.resign(true, true).toCompletableFuture();
        assertThat(resigned).succeedsWithin(PATIENCE);
        first.elector.close();
        long breaks = first.lines.breaks();

        Runnable arrive = first.proxy.strand();
        await().atMost(PATIENCE).until(() -> first.lines.breaks() > breaks && first.lines.isUp());
        first.elect(beliefs);
        // Time enough to find its lease and renew it.
        RedisFixture.pass(GroupNode.PERIOD.dividedBy(5));
        first.proxy.delayReplies(Duration.ofMillis(200));
        arrive.run();

        await().atMost(PATIENCE).until(() -> second.leads() || first.leads());
        settled();
    }

    @Test
    void givesBackALeaseThatItIsGrantedOnceItIsClosed() {
        GroupNode node = new GroupNode(server.port(), namespace, "slow", SLOW);
        nodes.add(node);
        node.lines.start();
        // Redis then knows the script: one request gets the lease.
        assertThat(new LeaderLease(node.lines, "other", GroupNode.PERIOD).ask(Wish.LOOK, 0))
                .succeedsWithin(PATIENCE);
        node.proxy.holdRequests();
        node.elect(beliefs);

        node.elector.close();
        node.proxy.passRequests();

        await().atMost(PATIENCE)
                .until(() -> redis("HGET", key("terms"), "released").equals("1"));
        assertThat(redis("EXISTS", key("leader"))).isEqualTo("0");
        assertThat(node.leads()).isFalse();
    }

    @Test
    void waitsForRedisThatIsDownAtTheStart() {
        server.kill();
        start(2);
        await().atMost(PATIENCE)
                .until(() -> nodes.stream().allMatch(node -> node.standing() instanceof Standing.Electing));

        server.start();

        settled();
        assertThat(nodes).filteredOn(GroupNode::leads).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnAfterQuestionsThatThereWasNoThreadFor(boolean kept) {
        GroupNode node = start(1).get(0);
        leader();

        node.keepsUnscheduled = kept;
        node.unscheduled.set(4);

        await().atMost(PATIENCE).until(() -> node.unscheduled.get() == 0);
        RedisFixture.pass(GroupNode.PERIOD);
        assertThat(leader()).isSameAs(node);
    }

    @Test
    void goesOnAfterReportsThatFailed() {
        GroupNode node = new GroupNode(server.port(), namespace, "node");
        nodes.add(node);
        AtomicInteger failures = new AtomicInteger(3);
        AtomicBoolean led = new AtomicBoolean();
        node.lines.start();

        node.elector.start(report -> {
            if (report instanceof Standing.Leading) {
                if (failures.getAndDecrement() > 0) {
                    throw new NoClassDefFoundError("planned");
                }
                led.set(true);
            }
        });

        await().atMost(PATIENCE).untilTrue(led);
    }

    @Test
    void healsALeaseThatSomebodyMadePermanent() {
        start(2);
        GroupNode first = settled();
        first.crash();
        redis("PERSIST", key("leader"));

        await().atMost(PATIENCE).until(() -> others(first).get(0).leads());
    }

    @Test
    void seesTwoLeaders() {
        assertThat(Beliefs.violations(List.of(
                        new Belief("a", 1, 0, 10),
                        new Belief("b", 2, 9, 20),
                        new Belief("a", 3, 20, 30),
                        new Belief("b", 3, 30, 40))))
                .hasSize(2)
                .anyMatch(text -> text.startsWith("both lead"))
                .anyMatch(text -> text.startsWith("no higher term"));
    }
}
