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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first entry of a leader is agreed on, even if the connection to the only other voter that there is broke between
 * the entry and its acknowledgement.
 */
class LostAcknowledgementWireTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path root;

    private final RaftMember member = member("a");
    private final RaftMember other = member("b");
    private final RaftMember away = member("c");
    private final WireFollower follower = new WireFollower(other);
    private final LoopbackNetwork network = new LoopbackNetwork();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private @Nullable RaftGroup group;

    private static RaftMember member(String name) {
        return new RaftMember(Node.of(name, "127.0.0.1", FreePorts.next()), FreePorts.next());
    }

    /** As it is after a restart: it knows its group. */
    @BeforeEach
    void start() {
        RaftSettings settings = RaftSettings.of(root, false);
        Identity identity = Identity.candidate("a");
        List<Peer> founders = List.of(
                identity.peer(member),
                Identity.candidate("b").peer(other),
                Identity.candidate("c").peer(away));
        new OwnIdentity(member, settings).write(identity.member(Identity.groupOf(founders), founders));
        group = new RaftGroup(
                member,
                List.of(member, other, away),
                settings,
                Optional.empty(),
                Map.of(GroupLog.Part.LOCKS, new RecordingPart()),
                network.join("a"),
                TimeSource.system(),
                scheduler,
                executor);
        group.start();
    }

    @AfterEach
    void close() {
        if (group != null) {
            group.close();
        }
        follower.close();
        network.close();
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void isMadeUpForByAnotherElection() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(group.role().kind()).isEqualTo(GroupRole.Kind.LEADER));

        assertThat(group.role().term()).isGreaterThan(follower.lostTerm());
    }
}
