package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Node;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterInvalidationChannelTests {

    private Messengers all;
    private JGroupsMessenger one;
    private JGroupsMessenger two;
    private JGroupsMessenger three;
    private Listening first;
    private Listening second;
    private Listening third;

    @BeforeEach
    void create() {
        // All that is sent comes back, however long this machine pauses meanwhile.
        create(Messengers.TIMEOUT, Duration.ofMinutes(1));
    }

    private void create(Duration timeout, Duration patience) {
        all = new Messengers(timeout);
        List<Node> nodes = Messengers.nodes(3);
        one = all.create(nodes.get(0), nodes);
        two = all.create(nodes.get(1), nodes);
        three = all.create(nodes.get(2), nodes);
        first = new Listening(one, patience);
        second = new Listening(two, patience);
        third = new Listening(three, patience);
    }

    @AfterEach
    void close() {
        all.close();
    }

    @Test
    void reachesEveryoneAndTheSenderInOrder() {
        start();

        IntStream.range(0, 1000).forEach(i -> first.send("" + i));

        List<String> expected = IntStream.range(0, 1000).mapToObj(i -> "" + i).toList();
        await().atMost(Messengers.PATIENCE).untilAsserted(() -> {
            assertThat(first.heard).isEqualTo(expected);
            assertThat(second.heard).isEqualTo(expected);
            assertThat(third.heard).isEqualTo(expected);
        });
    }

    @Test
    void isNotDisruptedByNodesThatComeAndGo() {
        // So long that none but the one that is killed is missed.
        startAnew(Messengers.SHORT_TIMEOUT.multipliedBy(3));
        int before = first.disruptions.get();
        AtomicInteger changes = new AtomicInteger();
        one.onDisruption(changes::incrementAndGet);

        Messengers.kill(three);

        awaitMore(changes, 0);
        all.awaitAlive(List.of(one, two), 2);
        three.close();
        int changed = changes.get();
        all.start(three);
        awaitMore(changes, changed);
        all.awaitAlive(List.of(one, two, three), 3);
        assertThat(first.disruptions).hasValue(before);
    }

    @Test
    void isDisruptedWhenNodesFindEachOtherAgain() {
        startAnew(Messengers.SHORT_TIMEOUT);
        int before = first.disruptions.get();
        int beforeOther = second.disruptions.get();
        Messengers.Cut cut = Messengers.cut(one);
        all.awaitAlive(List.of(one), 1);
        assertThat(first.disruptions).hasValue(before);

        cut.mend();

        awaitMore(first.disruptions, before);
        awaitMore(second.disruptions, beforeOther);
    }

    @Test
    void isDisruptedByAStartOfItsOwn() {
        assertThat(first.disruptions).hasValue(0);

        start();

        awaitMore(first.disruptions, 0);
    }

    @Test
    void doesNotHearItselfWhileItIsCutOff() {
        startAnew(Messengers.SHORT_TIMEOUT);
        Messengers.Cut cut = Messengers.cut(one);

        first.send("to nobody");

        all.awaitAlive(List.of(one), 1);
        first.send("alone");
        cut.mend();
        all.awaitAlive(List.of(one, two, three), 3);
        await().atMost(Messengers.PATIENCE).untilAsserted(() -> {
            first.send("back");
            assertThat(first.heard).contains("back");
        });
        assertThat(first.heard).doesNotContain("to nobody", "alone");
    }

    @Test
    void hearsItselfAmongAMajority() {
        startAnew(Messengers.SHORT_TIMEOUT);
        Messengers.kill(three);

        await().atMost(Messengers.PATIENCE).untilAsserted(() -> {
            first.send("two of three");
            assertThat(first.heard).contains("two of three");
        });
    }

    @Test
    void hearsItselfWhereThereIsNobodyElse() {
        List<Node> only = Messengers.nodes(1);
        JGroupsMessenger alone = all.create(only.get(0), only);
        Listening listening = new Listening(alone, ClusterInvalidationChannel.PATIENCE);
        all.start(alone);

        listening.send("1");
        listening.send("2");

        await().atMost(Messengers.PATIENCE)
                .untilAsserted(() -> assertThat(listening.heard).containsExactly("1", "2"));
    }

    @Test
    void goesOnAfterAListenerThatFailed() {
        List<Node> only = Messengers.nodes(1);
        JGroupsMessenger alone = all.create(only.get(0), only);
        ClusterInvalidationChannel channel = new ClusterInvalidationChannel(alone, all.executor);
        List<String> heard = new CopyOnWriteArrayList<>();
        channel.listen(
                message -> {
                    heard.add(new String(message, StandardCharsets.UTF_8));
                    if (heard.size() == 1) {
                        throw new IllegalStateException("planned");
                    }
                },
                () -> {
                    throw new IllegalStateException("planned");
                });
        all.start(alone);
        all.awaitAlive(List.of(alone), 1);

        channel.send("1".getBytes(StandardCharsets.UTF_8));
        await().atMost(Messengers.PATIENCE).until(() -> heard.size() == 1);
        channel.send("2".getBytes(StandardCharsets.UTF_8));

        await().atMost(Messengers.PATIENCE)
                .untilAsserted(() -> assertThat(heard).containsExactly("1", "2"));
    }

    @Test
    void refusesWhatNobodyWouldGet() {
        assertThat(first.send("before the start").toCompletableFuture()).isCompletedExceptionally();
        start();
        one.close();
        assertThat(first.send("after the end").toCompletableFuture()).isCompletedExceptionally();
        all.start(one);
        first.channel.close();

        assertThat(first.send("once closed").toCompletableFuture()).isCompletedExceptionally();

        assertThat(first.heard).isEmpty();
        assertThat(second.heard).isEmpty();
    }

    private void start() {
        all.start(one);
        all.start(two);
        all.start(three);
        all.awaitAlive(List.of(one, two, three), 3);
    }

    /** With nodes that count as lost after another time. */
    private void startAnew(Duration timeout) {
        all.close();
        create(timeout, ClusterInvalidationChannel.PATIENCE);
        start();
    }

    private static void awaitMore(AtomicInteger counter, int than) {
        await().atMost(Messengers.PATIENCE)
                .untilAsserted(() -> assertThat(counter).hasValueGreaterThan(than));
    }

    private final class Listening {

        private final ClusterInvalidationChannel channel;
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final AtomicInteger disruptions = new AtomicInteger();

        private Listening(JGroupsMessenger messenger, Duration patience) {
            channel = new ClusterInvalidationChannel(messenger, all.executor, patience);
            channel.listen(
                    message -> heard.add(new String(message, StandardCharsets.UTF_8)), disruptions::incrementAndGet);
        }

        private CompletionStage<Void> send(String message) {
            return channel.send(message.getBytes(StandardCharsets.UTF_8));
        }
    }
}
