package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.testing.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of one node whose executor has no thread at times. */
class RaftGroupThreadsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path root;

    private final LoopbackNetwork network = new LoopbackNetwork();
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean refuses;
    private RaftGroup group;

    @BeforeEach
    void create() {
        RaftMember member = new RaftMember(Node.of("a", "127.0.0.1", FreePorts.next()), FreePorts.next());
        RaftSettings settings = RaftSettings.of(root, false);
        Identity identity = Identity.candidate("a");
        List<Peer> founders = List.of(identity.peer(member));
        new OwnIdentity(member, settings).write(identity.member(Identity.groupOf(founders), founders));
        group = new RaftGroup(
                member,
                List.of(member),
                settings,
                Optional.empty(),
                Map.of(GroupLog.Part.LOCKS, new RecordingPart()),
                network.join("a"),
                TimeSource.system(),
                scheduler,
                this::execute);
    }

    private void execute(Runnable task) {
        if (refuses) {
            throw new RejectedExecutionException("no thread");
        }
        threads.execute(task);
    }

    @AfterEach
    void close() {
        refuses = false;
        group.close();
        network.close();
        scheduler.shutdownNow();
        threads.shutdownNow();
    }

    @Test
    void startsThoughNobodyLoadsALeadersClasses() {
        refuses = true;
        group.start();

        assertThat(scheduler.getQueue()).as("what is looked for all the time").hasSizeGreaterThanOrEqualTo(2);
        refuses = false;
        awaitLeadership();
    }

    @Test
    void failsAHandOverThatNobodyCarriesOut() {
        group.start();
        awaitLeadership();
        refuses = true;

        CompletableFuture<Void> handedOver = group.handOver().toCompletableFuture();

        assertThatThrownBy(handedOver::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(GroupUnavailableException.class)
                .hasRootCauseInstanceOf(RejectedExecutionException.class);
    }

    private void awaitLeadership() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(group.role().kind()).isEqualTo(GroupRole.Kind.LEADER));
    }
}
