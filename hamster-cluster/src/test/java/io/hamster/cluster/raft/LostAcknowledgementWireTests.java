package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.testing.FreePorts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Acknowledgements that are lost as the connection to the only other voter that there is breaks between an entry and its
 * acknowledgement.
 */
class LostAcknowledgementWireTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path root;

    private final RaftMember member = member("a");
    private final RaftMember other = member("b");
    private final RaftMember away = member("c");
    private final LoopbackNetwork network = new LoopbackNetwork();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private @Nullable WireFollower follower;
    private @Nullable RaftGroup group;

    private static RaftMember member(String name) {
        return new RaftMember(Node.of(name, "127.0.0.1", FreePorts.next()), FreePorts.next());
    }

    /** As it is after a restart: it knows its group. */
    private void start(WireFollower beside) {
        follower = beside;
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
        if (follower != null) {
            follower.close();
        }
        network.close();
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void ofTheFirstEntryIsMadeUpForByAnotherElection() {
        WireFollower voter = new WireFollower(other);
        start(voter);

        assertThat(awaitLeadership()).isGreaterThan(voter.lostTerm());
    }

    /** The next entry brings it. */
    @Test
    void ofALaterEntryCostsNobodyLeadership() {
        WireFollower voter = new WireFollower(other, 1);
        start(voter);
        long term = awaitLeadership();
        CompletableFuture<byte[]> lost = propose("lost");
        await().atMost(PATIENCE).until(voter::hasLost);

        // Longer than the patience that a first entry is given, and the looks that it takes to notice.
        await().during(Duration.ofSeconds(5))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(group.role()).isEqualTo(GroupRole.leading(term)));
        assertThat(lost).isNotDone();

        assertThat(propose("next")).succeedsWithin(PATIENCE);
        assertThat(lost).succeedsWithin(PATIENCE);
        assertThat(group.role()).isEqualTo(GroupRole.leading(term));
    }

    private long awaitLeadership() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(group.role().kind()).isEqualTo(GroupRole.Kind.LEADER));
        return group.role().term();
    }

    private CompletableFuture<byte[]> propose(String command) {
        return group.propose(GroupLog.Part.LOCKS, command.getBytes(StandardCharsets.UTF_8), PATIENCE)
                .toCompletableFuture();
    }
}
