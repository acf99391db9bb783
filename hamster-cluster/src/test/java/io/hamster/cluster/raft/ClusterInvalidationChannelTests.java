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

    private final Messengers all = new Messengers();
    private final List<Node> nodes = Messengers.nodes(2);
    private final JGroupsMessenger one = all.create(nodes.get(0), nodes);
    private final JGroupsMessenger two = all.create(nodes.get(1), nodes);
    private final Listening first = new Listening(one);
    private final Listening second = new Listening(two);

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
        });
    }

    @Test
    void isDisruptedWhenMembersComeAndGo() {
        start();
        await().atMost(Messengers.PATIENCE)
                .untilAsserted(() -> assertThat(first.disruptions).hasPositiveValue());
        int before = first.disruptions.get();

        two.close();

        all.awaitAlive(List.of(one), 1);
        await().atMost(Messengers.PATIENCE)
                .untilAsserted(() -> assertThat(first.disruptions).hasValueGreaterThan(before));
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
        all.awaitAlive(List.of(one, two), 2);
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
