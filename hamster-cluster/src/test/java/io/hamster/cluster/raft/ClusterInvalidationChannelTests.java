package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Node;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterInvalidationChannelTests {

    private final Messengers all = new Messengers(Messengers.SHORT_TIMEOUT);
    private final List<Node> nodes = Messengers.nodes(3);
    private final JGroupsMessenger one = all.create(nodes.get(0), nodes);
    private final JGroupsMessenger two = all.create(nodes.get(1), nodes);
    private final JGroupsMessenger three = all.create(nodes.get(2), nodes);
    private final Listening first = new Listening(one);
    private final Listening second = new Listening(two);
    private final Listening third = new Listening(three);

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
        start();
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
        start();
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
        start();
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
        start();
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
        Listening listening = new Listening(alone);
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

    private static void awaitMore(AtomicInteger counter, int than) {
        await().atMost(Messengers.PATIENCE)
                .untilAsserted(() -> assertThat(counter).hasValueGreaterThan(than));
    }

    private final class Listening {

        private final ClusterInvalidationChannel channel;
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final AtomicInteger disruptions = new AtomicInteger();

        private Listening(JGroupsMessenger messenger) {
            channel = new ClusterInvalidationChannel(messenger, all.executor);
            channel.listen(
                    message -> heard.add(new String(message, StandardCharsets.UTF_8)), disruptions::incrementAndGet);
        }

        private CompletionStage<Void> send(String message) {
            return channel.send(message.getBytes(StandardCharsets.UTF_8));
        }
    }
}
