package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.testing.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first entry of a leader is agreed on, even if the connection to the only other voter that there is broke between the
 * entry and its acknowledgement.
 */
class LostAcknowledgementTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path root;

    private final RaftMember member = member("a");
    private final RaftMember other = member("b");
    private RatisNode node;
    private WireFollower follower;

    private static RaftMember member(String name) {
        return new RaftMember(Node.of(name, "127.0.0.1", FreePorts.next()), FreePorts.next());
    }

    @BeforeEach
    void start() {
        Peer self = Identity.candidate("a").peer(member);
        List<Peer> founders = List.of(
                self,
                Identity.candidate("b").peer(other),
                Identity.candidate("c").peer(member("c")));
        Ordering ordering = new Ordering(List.of());
        GroupStateMachine machine = new GroupStateMachine(
                Map.of(GroupLog.Part.LOCKS, new RecordingPart()), TimeSource.system(), ordering, new NoEvents());
        follower = new WireFollower(other);
        node = new RatisNode(
                member,
                RaftSettings.of(root, true),
                Optional.empty(),
                self,
                Identity.groupOf(founders),
                founders,
                machine,
                ordering);
    }

    @AfterEach
    void close() {
        node.close();
        follower.close();
    }

    @Test
    void isMadeUpForByAnotherElection() {
        await().atMost(PATIENCE).until(() -> follower.last() >= 0);
        long term = node.role().term();
        assertThat(node.role()).isEqualTo(GroupRole.electing(term));

        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            node.startOver();
            assertThat(node.role().kind()).isEqualTo(GroupRole.Kind.LEADER);
        });
        assertThat(node.role().term()).isGreaterThan(term);
    }
}
