package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.PayloadTooLargeException;
import io.hamster.cluster.RemoteCallTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What messengers say to each other over real sockets. */
class JGroupsMessengerTests {

    private final Messengers all = new Messengers();
    private final List<Node> nodes = Messengers.nodes(3);
    private final List<JGroupsMessenger> messengers =
            nodes.stream().map(node -> all.create(node, nodes)).toList();
    private final JGroupsMessenger one = messengers.get(0);
    private final JGroupsMessenger two = messengers.get(1);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CompletableFuture<byte[]> slow = new CompletableFuture<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < messengers.size(); i++) {
            String name = nodes.get(i).name();
            JGroupsMessenger messenger = messengers.get(i);
            messenger.handle(
                    Topic.GROUP, (from, message) -> CompletableFuture.completedFuture(bytes(from + " asked " + name)));
            messenger.handle(Topic.FUNCTIONS, (from, message) -> slow.thenApply(done -> message));
            messenger.handle(Topic.LOCKS, (from, message) -> {
                throw new IllegalStateException("it failed");
            });
            messenger.handle(Topic.CACHES, (from, message) -> {
                heard.add(from + ">" + name + " " + text(message));
                return CompletableFuture.completedFuture(bytes("dropped"));
            });
            all.start(messenger);
        }
        all.awaitAlive(messengers, 3);
    }

    @AfterEach
    void close() {
        all.close();
    }

    @Test
    void asksOthersAndItself() {
        for (Node to : nodes) {
            assertThat(ask(one, to.name(), Topic.GROUP, ""))
                    .succeedsWithin(Messengers.PATIENCE)
                    .satisfies(answer -> assertThat(text(answer)).isEqualTo("node1 asked " + to.name()));
        }
    }

    @Test
    void carriesLargeMessagesAndEmptyOnes() {
        slow.complete(new byte[0]);
        byte[] large = new byte[5 << 20];
        large[large.length - 1] = 7;

        assertThat(one.request("node2", Topic.FUNCTIONS, large, Messengers.PATIENCE)
                        .toCompletableFuture())
                .succeedsWithin(Messengers.PATIENCE)
                .isEqualTo(large);
        assertThat(ask(one, "node2", Topic.FUNCTIONS, ""))
                .succeedsWithin(Messengers.PATIENCE)
                .isEqualTo(new byte[0]);
        assertThat(one.request("node2", Topic.FUNCTIONS, new byte[JGroupsStack.MAX_MESSAGE], Messengers.PATIENCE)
                        .toCompletableFuture())
                .failsWithin(Messengers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(PayloadTooLargeException.class);
    }

    @Test
    void saysAtOnceThatANodeIsUnknown() {
        assertThat(ask(one, "nobody", Topic.GROUP, ""))
                .isCompletedExceptionally()
                .failsWithin(Messengers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class)
                .withMessageContaining("'nobody'");
        one.tell("nobody", Topic.CACHES, bytes("x"));
        assertThat(heard).isEmpty();
    }

    @Test
    void givesARequestUpAfterItsTimeout() {
        assertThat(one.request("node2", Topic.FUNCTIONS, bytes("x"), Duration.ofMillis(50))
                        .toCompletableFuture())
                .failsWithin(Messengers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(RemoteCallTimeoutException.class);
        assertThat(one.request("node2", Topic.LOCKS, bytes("x"), Duration.ofMillis(50))
                        .toCompletableFuture())
                .failsWithin(Messengers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(RemoteCallTimeoutException.class);
        assertThat(one.session().orElseThrow().pending()).isZero();
    }

    @Test
    void endsEachOfTenThousandRequestsOnceWhileOthersGoOn() {
        AtomicInteger ended = new AtomicInteger();
        List<CompletableFuture<byte[]>> asked = new ArrayList<>();
        List<CompletableFuture<?>> counted = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            CompletableFuture<byte[]> answer = ask(one, "node2", Topic.FUNCTIONS, "request " + i);
            counted.add(answer.whenComplete((bytes, error) -> ended.incrementAndGet()));
            asked.add(answer);
        }
        assertThat(ask(one, "node2", Topic.GROUP, "")).succeedsWithin(Messengers.PATIENCE);
        assertThat(ended).hasValue(0);
        assertThat(one.session().orElseThrow().pending()).isEqualTo(10_000);

        slow.complete(new byte[0]);

        for (int i = 0; i < asked.size(); i++) {
            assertThat(asked.get(i)).succeedsWithin(Messengers.PATIENCE).isEqualTo(bytes("request " + i));
        }
        // An answer's own dependents may run after those who wait for it have gone on.
        assertThat(CompletableFuture.allOf(counted.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Messengers.PATIENCE);
        assertThat(ended).hasValue(10_000);
        assertThat(one.session().orElseThrow().pending()).isZero();
    }

    @Test
    void endsRequestsAtOnceWhenTheirNodeLeaves() {
        List<CompletableFuture<byte[]>> asked = IntStream.range(0, 100)
                .mapToObj(i -> ask(one, "node2", Topic.FUNCTIONS, "x"))
                .toList();
        CompletableFuture<byte[]> elsewhere = ask(one, "node3", Topic.FUNCTIONS, "x");

        two.close();

        assertThat(asked)
                .allSatisfy(answer -> assertThat(answer)
                        .failsWithin(Messengers.PATIENCE)
                        .withThrowableThat()
                        .withCauseInstanceOf(NodeUnreachableException.class)
                        .withMessageContaining("'node2' was lost"));
        assertThat(elsewhere).isNotDone();
    }

    @Test
    void tellsAllTheOthersInOrder() {
        for (int i = 0; i < 2000; i++) {
            one.tellAll(Topic.CACHES, bytes("" + i));
        }

        for (String name : List.of("node2", "node3")) {
            List<String> expected = IntStream.range(0, 2000)
                    .mapToObj(i -> "node1>" + name + " " + i)
                    .toList();
            await().atMost(Messengers.PATIENCE)
                    .untilAsserted(() -> assertThat(heard)
                            .filteredOn(message -> message.contains(">" + name))
                            .isEqualTo(expected));
        }
        assertThat(heard).hasSize(4000);
    }

    @Test
    void tellsOneAndItself() {
        one.tell("node3", Topic.CACHES, bytes("one"));
        one.tell("node1", Topic.CACHES, bytes("self"));

        await().atMost(Messengers.PATIENCE)
                .untilAsserted(
                        () -> assertThat(heard).containsExactlyInAnyOrder("node1>node3 one", "node1>node1 self"));
    }

    @Test
    void saysNothingWhileItIsClosedAndStartsAgain() {
        one.close();

        assertThat(ask(one, "node2", Topic.GROUP, ""))
                .failsWithin(Messengers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class)
                .withMessageContaining("isn't running");
        all.awaitAlive(List.of(two), 2);
        all.start(one);
        all.awaitAlive(messengers, 3);
        assertThat(ask(one, "node2", Topic.GROUP, "")).succeedsWithin(Messengers.PATIENCE);
        assertThat(ask(two, "node1", Topic.GROUP, "")).succeedsWithin(Messengers.PATIENCE);
    }

    @Test
    void startsOnce() {
        assertThatIllegalStateException()
                .isThrownBy(() -> one.start(members -> {}))
                .withMessageContaining("'node1' takes part already");
    }

    @Test
    void hasOneHandlerForEachTopic() {
        assertThatIllegalStateException()
                .isThrownBy(() -> one.handle(Topic.GROUP, (from, message) -> slow))
                .withMessageContaining("GROUP");
    }

    private static CompletableFuture<byte[]> ask(JGroupsMessenger from, String to, Topic topic, String what) {
        CompletionStage<byte[]> answer = from.request(to, topic, bytes(what), Messengers.PATIENCE);
        return answer.toCompletableFuture();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
