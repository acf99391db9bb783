package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.lease.LeaseChannel;
import io.hamster.cache.lease.LeaseMessageRefusedException;
import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of questions about loads that aren't sent or answered. */
class ClusterLeaseChannelTests {

    private final Messengers all = new Messengers();
    private final List<Node> nodes = Messengers.nodes(2);
    private final List<JGroupsMessenger> messengers =
            nodes.stream().map(node -> all.create(node, nodes)).toList();
    private final LeaseChannel channel = new ClusterLeaseChannel("node1", messengers.get(0));

    @BeforeEach
    void start() {
        messengers.get(1).handle(Topic.LEASES, (from, message) -> new CompletableFuture<>());
        messengers.forEach(all::start);
        all.awaitAlive(messengers, 2);
    }

    @AfterEach
    void close() {
        all.close();
    }

    private CompletionStage<byte[]> ask(String member, int size) {
        return channel.request(member, new byte[size], Duration.ofMinutes(1));
    }

    private static void assertFailedAtOnce(CompletionStage<byte[]> asked, Class<? extends Throwable> with) {
        assertThat(asked.toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(with);
    }

    @Test
    void whatIsTooLargeIsRefused() {
        assertFailedAtOnce(ask("node2", JGroupsStack.MAX_MESSAGE), LeaseMessageRefusedException.class);
    }

    @Test
    void soIsMoreThanMayWaitForAnswers() {
        List<CompletionStage<byte[]>> asked = new ArrayList<>();
        for (int i = 0; i < PendingRequests.MAX_REQUESTS; i++) {
            asked.add(ask("node2", 1));
        }

        assertFailedAtOnce(ask("node2", 1), LeaseMessageRefusedException.class);
        assertThat(asked)
                .allSatisfy(each -> assertThat(each.toCompletableFuture()).isNotDone());
    }

    @Test
    void aMemberOutOfReachIsNot() {
        assertFailedAtOnce(ask("nobody", 1), NodeUnreachableException.class);
    }
}
