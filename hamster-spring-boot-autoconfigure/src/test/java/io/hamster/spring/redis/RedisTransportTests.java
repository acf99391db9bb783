package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.Transport.Receiver;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.Resp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Members and messages over Redis, also behind a bad network and among strangers. */
@RedisTest(exclusive = true)
@ExtendWith(OutputCaptureExtension.class)
class RedisTransportTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Of the announcements of a node that is to be missed. */
    private static final Duration SHORT = Duration.ofSeconds(2);
    /** Of the announcements of one that is to be missed, but not because this process paused. */
    private static final Duration LONGER = Duration.ofSeconds(4);

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private final RedisServer server;
    private final String namespace = "test-" + UUID.randomUUID();
    private final List<GroupNode> nodes = new ArrayList<>();
    private final GroupNode a;
    private final GroupNode b;
    private final Inbox atA;
    private final Inbox atB;

    RedisTransportTests(RedisDeployment redis) {
        server = redis.servers().get(0);
        a = node("a");
        b = node("b");
        atA = start(a);
        atB = start(b);
        await().atMost(PATIENCE).until(() -> atA.alive().equals(List.of("a", "b")));
        await().atMost(PATIENCE).until(() -> atB.alive().equals(List.of("a", "b")));
    }

    @AfterEach
    void close() {
        nodes.forEach(GroupNode::close);
    }

    private GroupNode node(String name) {
        return node(name, GroupNode.TIMEOUT);
    }

    private GroupNode node(String name, Duration timeout) {
        GroupNode node = new GroupNode(server.port(), namespace, name, timeout);
        nodes.add(node);
        return node;
    }

    private static Inbox start(GroupNode node) {
        Inbox inbox = new Inbox();
        node.transport.start(inbox);
        return inbox;
    }

    /** Starts another node, and waits until all know of each other. */
    private Inbox join(GroupNode node) {
        Inbox inbox = start(node);
        List<String> all = List.of("a", "b", node.node.name());
        await().atMost(PATIENCE)
                .until(() ->
                        Stream.of(atA, atB, inbox).allMatch(each -> each.alive().equals(all)));
        return inbox;
    }

    private static CompletableFuture<byte[]> ask(GroupNode from, Node to, byte[] message) {
        return from.transport.request(to, message, PATIENCE).toCompletableFuture();
    }

    /** A call may give up after an instant, which is no news of Redis. */
    @Test
    void learnsNothingOfRedisFromAMessageThatIsTakenBack() {
        await().atMost(PATIENCE).until(() -> a.lines.awaySince().isEmpty());
        a.proxy.holdReplies();

        CompletableFuture<Boolean> sent = a.lines.send(b.lines.token(), "taken back");

        assertThat(sent.cancel(false)).isTrue();
        assertThat(a.lines.awaySince()).isEmpty();
    }

    private void publish(GroupNode to, String message) {
        try (Resp redis = server.connect()) {
            redis.command("PUBLISH", to.lines.names().inbox(to.lines.token()), message);
        }
    }

    private long millis() {
        try (Resp redis = server.connect()) {
            List<?> time = (List<?>) redis.command("TIME");
            return Long.parseLong(time.get(0).toString()) * 1000;
        }
    }

    @Test
    void asksAndIsAnswered() {
        byte[] big = new byte[4 << 20];
        Arrays.fill(big, (byte) 7);

        assertThat(ask(a, b.node, HELLO)).succeedsWithin(PATIENCE).isEqualTo(HELLO);
        assertThat(ask(b, a.node, big)).succeedsWithin(PATIENCE).isEqualTo(big);

        assertThat(atB.froms).containsExactly("a");
        assertThat(atA.froms).containsExactly("b");
    }

    @Test
    void delaysNoAnswerForASlowOne() {
        CompletableFuture<byte[]> slow = new CompletableFuture<>();
        atB.next = slow;
        CompletableFuture<byte[]> first = ask(a, b.node, HELLO);
        await().atMost(PATIENCE).until(() -> atB.froms.size() == 1);
        atB.next = null;

        assertThat(ask(a, b.node, HELLO)).succeedsWithin(PATIENCE);
        assertThat(first).isNotDone();
        slow.complete(HELLO);
        assertThat(first).succeedsWithin(PATIENCE).isEqualTo(HELLO);
    }

    @Test
    void missesANodeThatHasLeftAtOnceAndRemembersIt() {
        GroupNode c = node("c");
        start(c);
        await().atMost(PATIENCE).until(() -> atA.alive().contains("c"));

        c.transport.close();

        await().atMost(PATIENCE).until(() -> atA.members.lost().equals(List.of("c")));
        assertThat(atA.members.node("c")).contains(c.node);
        assertThat(ask(a, c.node, HELLO))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class)
                .withMessageContaining("nothing was sent");
    }

    @Test
    void failsWhatWaitsForANodeThatCrashes() {
        GroupNode c = node("c", LONGER);
        Inbox atC = join(c);
        atC.next = new CompletableFuture<>();
        CompletableFuture<byte[]> waiting =
                a.transport.request(c.node, HELLO, PATIENCE.multipliedBy(3)).toCompletableFuture();
        await().atMost(PATIENCE).until(() -> atC.froms.size() == 1);

        c.crash();

        assertThat(waiting)
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class)
                .withMessageContaining("was lost");
        await().atMost(PATIENCE).until(() -> atA.alive().equals(List.of("a", "b")));
    }

    @Test
    void failsAtOnceIfANodeDoesNotListen() {
        b.crash();
        await().atMost(PATIENCE).until(() -> {
            try (Resp redis = server.connect()) {
                List<?> counted = (List<?>)
                        redis.command("PUBSUB", "NUMSUB", b.lines.names().inbox(b.lines.token()));
                return counted.get(1).toString().equals("0");
            }
        });

        assertThat(ask(a, b.node, HELLO))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class);
    }

    @Test
    void isAloneWhileRedisIsAwayAndIsBackWithIt() {
        GroupNode c = node("c", SHORT);
        Inbox atC = join(c);

        server.kill();

        assertThat(ask(c, b.node, HELLO))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class);
        await().atMost(PATIENCE).until(() -> atC.alive().equals(List.of("c")));
        assertThat(atC.members.names()).containsExactly("a", "b", "c");

        server.start();
        await().atMost(PATIENCE).until(() -> atC.alive().equals(List.of("a", "b", "c")));
        // Redis may know it from before.
        await().atMost(PATIENCE).until(b.lines::hears);
        assertThat(ask(c, b.node, HELLO)).succeedsWithin(PATIENCE).isEqualTo(HELLO);
    }

    @Test
    void sendsNothingWhoseAnswerItWouldMiss() {
        deafen(a);

        assertThat(ask(a, b.node, HELLO))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class)
                .withMessageContaining("nothing was sent");
        assertThat(atB.froms).isEmpty();
    }

    @Test
    void isMissedWhileItIsDeafAndCanBeCalledAsSoonAsItIsBack() {
        GroupNode c = node("c", LONGER);
        Inbox atC = join(c);
        deafen(c);

        await().atMost(PATIENCE).until(() -> atB.alive().equals(List.of("a", "b")));
        await().atMost(PATIENCE).until(() -> atC.alive().equals(List.of("c")));
        c.proxy.refuseNew(false);

        await().atMost(PATIENCE).until(() -> atB.alive().equals(List.of("a", "b", "c")));
        assertThat(ask(b, c.node, HELLO)).succeedsWithin(PATIENCE).isEqualTo(HELLO);
        await().atMost(PATIENCE).until(() -> atC.alive().equals(List.of("a", "b", "c")));
        assertThat(ask(c, b.node, HELLO)).succeedsWithin(PATIENCE).isEqualTo(HELLO);
    }

    /** Breaks every subscription; this node gets no other, while its connection for scripts stays. */
    private void deafen(GroupNode node) {
        node.proxy.refuseNew(true);
        try (Resp redis = server.connect()) {
            redis.command("CLIENT", "KILL", "TYPE", "pubsub");
        }
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> nodes.stream().allMatch(each -> each.lines.hears() == (each != node)));
    }

    @Test
    void ignoresWhatItCannotRead(CapturedOutput output) {
        long now = millis();
        String whole = new Envelope(false, 1, "a", a.lines.token(), 60_000, HELLO).encode();
        for (String hostile : List.of(
                "",
                " ",
                "x",
                now + " ",
                now + " !!!",
                now + " AAAA",
                whole,
                "-1 " + whole.substring(0, whole.length() - 8),
                now + " " + new Envelope(true, 2, "a", a.lines.token(), 0, HELLO).encode())) {
            publish(b, hostile);
        }
        for (int length = 0; length < whole.length() - 4; length++) {
            publish(b, now + " " + whole.substring(0, length));
        }

        assertThat(ask(a, b.node, HELLO)).succeedsWithin(PATIENCE);
        assertThat(atB.froms).containsExactly("a");
        assertThat(output.getOut().lines().filter(line -> line.contains("can't read")))
                .hasSize(1);
    }

    @Test
    void runsNothingForWhoHasGivenUpAndNothingTwice() {
        Envelope late = new Envelope(false, 1, "late", a.lines.token(), 5_000, HELLO);
        Envelope twice = new Envelope(false, 2, "twice", a.lines.token(), 60_000, HELLO);
        long now = millis();

        publish(b, now - 10_000 + " " + late.encode());
        publish(b, now + " " + twice.encode());
        publish(b, now + " " + twice.encode());

        assertThat(ask(a, b.node, HELLO)).succeedsWithin(PATIENCE);
        assertThat(atB.froms).containsExactly("twice", "a");
    }

    @Test
    void takesAnswersFromWhomItAskedOnly() {
        atB.next = new CompletableFuture<>();
        CompletableFuture<byte[]> waiting = ask(a, b.node, HELLO);
        await().atMost(PATIENCE).until(() -> atB.froms.size() == 1);
        for (long id = -100; id < 100; id++) {
            publish(a, millis() + " " + new Envelope(true, id, "b", b.lines.token(), 0, new byte[1]).encode());
        }

        atB.next.complete(HELLO);

        assertThat(waiting).succeedsWithin(PATIENCE).isEqualTo(HELLO);
    }

    @Test
    void saysWhenTwoProcessesHaveOneName(CapturedOutput output) {
        start(node("a"));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(output).contains("Two processes are node 'a': 127.0.0.1:0 (process "));
    }

    @Test
    void takesTheNameOfAProcessThatHasCrashed(CapturedOutput output) {
        b.crash();
        GroupNode again = node("b");
        Inbox inbox = start(again);

        await().atMost(PATIENCE).until(() -> {
            CompletableFuture<byte[]> asked = ask(a, again.node, HELLO);
            return asked.handle((reply, failure) -> failure == null).join() && !inbox.froms.isEmpty();
        });
        // Time enough to announce itself again.
        RedisFixture.pass(GroupNode.SYNC.multipliedBy(3));

        await().atMost(PATIENCE).until(() -> atA.alive().equals(List.of("a", "b")));
        assertThat(output).doesNotContain("Two processes");
    }

    @Test
    void leavesTheNameOfAHostThatWasLostToOthersThoughRedisHasYetToMissIt() {
        GroupNode c = node("c", SHORT);
        join(c);
        GroupNode again = node("again");
        again.lines.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(again.namesake("c"))
                        .succeedsWithin(PATIENCE)
                        .satisfies(found ->
                                assertThat(found).map(Announcement::token).contains(c.lines.token())));

        // Its connections stay as they are.
        c.proxy.holdRequests();
        await().atMost(PATIENCE).until(() -> atA.alive().equals(List.of("a", "b")));

        try (Resp redis = server.connect()) {
            List<?> counted =
                    (List<?>) redis.command("PUBSUB", "NUMSUB", c.lines.names().inbox(c.lines.token()));
            assertThat(counted.get(1)).hasToString("1");
        }
        assertThat(again.namesake("c")).succeedsWithin(PATIENCE).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void announcesItselfOnAfterQuestionsThatThereWasNoThreadFor(boolean kept) {
        GroupNode c = node("c", SHORT);
        join(c);

        c.keepsUnscheduled = kept;
        c.unscheduled.set(4);

        await().atMost(PATIENCE).until(() -> c.unscheduled.get() == 0);
        // Until it would be missed.
        RedisFixture.pass(SHORT.plus(GroupNode.SYNC));
        await().atMost(PATIENCE).until(() -> atB.alive().equals(List.of("a", "b", "c")));
    }

    @Test
    void tellsAgainOfMembersThatItsReceiverFailedOn() {
        Inbox atC = join(node("c", SHORT));
        atC.failures.set(2);

        start(node("d"));

        await().atMost(PATIENCE).until(() -> atC.alive().equals(List.of("a", "b", "c", "d")));
        // Until it would be missed.
        RedisFixture.pass(SHORT.plus(GroupNode.SYNC));
        await().atMost(PATIENCE).until(() -> atB.alive().equals(List.of("a", "b", "c", "d")));
    }

    @Test
    void callsAMemberThatIsBackThoughItsReceiverFailedOnThat() {
        GroupNode c = node("c", SHORT);
        join(c);
        atA.failures.set(Integer.MAX_VALUE);
        c.crash();
        await().atMost(PATIENCE).until(() -> atA.failures.get() < Integer.MAX_VALUE);

        c.proxy.refuse(false);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ask(a, c.node, HELLO)).succeedsWithin(Duration.ofSeconds(2)));
    }

    @Test
    void failsAScriptThatEndsInAnErrorHere() {
        NoClassDefFoundError planned = new NoClassDefFoundError("planned");
        List<String> keys = List.of(a.lines.names().members());
        Script script = Script.named("cluster-send");

        assertThat(a.lines.run(
                        script,
                        keys,
                        new AbstractList<>() {
                            @Override
                            public String get(int index) {
                                throw planned;
                            }

                            @Override
                            public int size() {
                                return 2;
                            }
                        },
                        reply -> reply))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCause(planned);
        assertThat(a.lines.run(script, keys, List.of("nowhere", "text"), reply -> {
                    throw planned;
                }))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCause(planned);
    }

    @Test
    void needsNoMoreRightsThanTheManualNames() {
        String everything = namespace + ":{cluster}:*";
        List<String> rights = new ArrayList<>(List.of("ACL", "SETUSER", "modest", "reset", "on", ">secret"));
        rights.addAll(List.of("~" + everything, "resetchannels", "&" + everything));
        rights.addAll(List.of(
                ("+eval +evalsha +hget +hset +hmget +hgetall +hdel +hlen +del +pttl +pexpire +time +publish +subscribe"
                                + " +pubsub|numsub")
                        .split(" ")));
        try (Resp redis = server.connect()) {
            redis.command(rights.toArray(String[]::new));
        }
        // It leads as long as it is followed here.
        ElectionTimes times = ElectionTimes.of(GroupNode.INTERVAL, Duration.ofSeconds(10), GroupNode.SYNC);
        GroupNode modest = new GroupNode(server.port(), namespace, "modest", times, redis -> {
            redis.setUsername("modest");
            redis.setPassword("secret");
        });
        nodes.add(modest);
        Beliefs beliefs = new Beliefs();

        Inbox inbox = start(modest);
        modest.elect(beliefs);

        await().atMost(PATIENCE).until(() -> inbox.alive().size() == 3);
        assertThat(ask(modest, a.node, HELLO)).succeedsWithin(PATIENCE).isEqualTo(HELLO);
        assertThat(ask(a, modest.node, HELLO)).succeedsWithin(PATIENCE).isEqualTo(HELLO);
        await().atMost(PATIENCE).until(modest::leads);
        a.elect(beliefs);
        await().atMost(PATIENCE).until(() -> a.follows(modest));
        modest.elector.resign(true, true);
        await().atMost(PATIENCE).until(() -> modest.follows(a));
        assertThat(modest.namesake("a"))
                .succeedsWithin(PATIENCE)
                .satisfies(found -> assertThat(found).map(Announcement::token).contains(a.lines.token()));
    }

    @Test
    void canBeCalledOnceItMaySubscribe() {
        try (Resp redis = server.connect()) {
            redis.command("ACL", "SETUSER", "deaf", "reset", "on", ">secret", "~*", "resetchannels", "+@all");
        }
        GroupNode deaf = new GroupNode(server.port(), namespace, "deaf", redis -> {
            redis.setUsername("deaf");
            redis.setPassword("secret");
        });
        nodes.add(deaf);
        start(deaf);
        await().atMost(PATIENCE).until(() -> atA.alive().contains("deaf"));
        assertThat(ask(a, deaf.node, HELLO))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class);

        try (Resp redis = server.connect()) {
            redis.command("ACL", "SETUSER", "deaf", "allchannels");
        }

        await().atMost(PATIENCE).until(deaf.lines::hears);
        assertThat(ask(a, deaf.node, HELLO)).succeedsWithin(PATIENCE).isEqualTo(HELLO);
    }

    /** Echoes, unless it is told what to answer. */
    private static final class Inbox implements Receiver {

        private final List<String> froms = new CopyOnWriteArrayList<>();
        private final AtomicInteger failures = new AtomicInteger();
        private volatile Members members = Members.of(List.of(), List.of());
        private volatile CompletableFuture<byte[]> next;

        private List<String> alive() {
            return members.alive();
        }

        @Override
        public void membersChanged(Members latest) {
            if (failures.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("planned");
            }
            members = latest;
        }

        @Override
        public CompletionStage<byte[]> received(String from, byte[] message) {
            froms.add(from);
            CompletableFuture<byte[]> told = next;
            return told == null ? CompletableFuture.completedFuture(message) : told;
        }
    }
}
