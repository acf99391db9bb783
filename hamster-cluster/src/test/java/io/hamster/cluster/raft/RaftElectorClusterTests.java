package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Standing;
import io.hamster.cluster.raft.RaftTestCluster.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The elector over a real group. */
class RaftElectorClusterTests {

    @TempDir
    private Path root;

    private RaftTestCluster cluster;
    private final Map<String, Voter> voters = new HashMap<>();

    /** A node with its elector and all that it reported. */
    private final class Voter {

        private final TestNode node;
        private final RaftElector elector;
        private final List<Standing> reports = new CopyOnWriteArrayList<>();

        private Voter(TestNode node) {
            this.node = node;
            this.elector = node.elector();
            elector.start(reports::add);
        }

        private Optional<Standing> last() {
            return reports.isEmpty() ? Optional.empty() : Optional.of(reports.get(reports.size() - 1));
        }

        private List<Standing.Leading> leaderships() {
            return reports.stream()
                    .filter(Standing.Leading.class::isInstance)
                    .map(Standing.Leading.class::cast)
                    .toList();
        }

        private boolean leads() {
            return last().filter(Standing.Leading.class::isInstance).isPresent();
        }

        /** What is worth knowing of one that doesn't lead. */
        private String state() {
            return node.name() + ": " + node.group().role() + ", "
                    + node.group().waitingFor() + ", reported " + reports;
        }

        private boolean prolonged() {
            return IntStream.range(1, reports.size())
                    .anyMatch(i -> reports.get(i - 1) instanceof Standing.Leading earlier
                            && reports.get(i) instanceof Standing.Leading later
                            && later.term() == earlier.term()
                            && later.deadline() > earlier.deadline());
        }
    }

    @BeforeEach
    void start() {
        // The lease longer than a node takes to stop, so that it is seen to be waited for; meanwhile there is time for
        // votes that wait for a slow disk.
        cluster = new RaftTestCluster(
                        root, RecordingPart::new, this::longLease, name -> Optional.empty(), "a", "b", "c")
                .startAll();
        cluster.nodes().forEach(node -> voters.put(node.name(), new Voter(node)));
    }

    private RaftSettings longLease(RaftSettings settings) {
        return new RaftSettings(
                settings.directory(),
                settings.bootstrap(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                settings.snapshotEvery(),
                settings.timeout());
    }

    @AfterEach
    void stop() {
        voters.values().forEach(voter -> voter.elector.close());
        cluster.close();
    }

    @Tag("torture")
    @Test
    void electsOneWhomTheOthersFollow() {
        Voter leader = awaitLeader();

        long term = leader.last().orElseThrow().term();
        for (Voter voter : voters.values()) {
            if (voter != leader) {
                await().atMost(RaftTestCluster.PATIENCE)
                        .until(() ->
                                voter.last().equals(Optional.of(new Standing.Following(term, leader.node.name()))));
            }
        }
    }

    @Test
    void prolongsTheLeaseWithBeats() {
        await().atMost(RaftTestCluster.PATIENCE)
                .until(() -> voters.values().stream().anyMatch(Voter::prolonged));
    }

    @Test
    void electsAnotherOnceTheLeaderAndItsLeaseAreGone() {
        Voter first = awaitLeader();
        first.elector.close();
        first.node.stop();
        voters.remove(first.node.name());
        List<Standing.Leading> led = first.leaderships();
        Standing.Leading last = led.get(led.size() - 1);

        Voter second = awaitLeader();

        Standing.Leading begun = second.leaderships().stream()
                .filter(leading -> leading.term() > last.term())
                .findFirst()
                .orElseThrow();
        // In one process both deadlines are on the same clock: the new lease began after the old one had ended.
        long lease = second.node.settings(false).lease().toNanos();
        assertThat(begun.deadline() - lease).isGreaterThanOrEqualTo(last.deadline());
    }

    @Tag("torture")
    @Test
    void handsOverWhenItResigns() {
        Voter first = awaitLeader();
        long term = first.last().orElseThrow().term();

        assertThat(first.elector.resign(true, false)).succeedsWithin(RaftTestCluster.PATIENCE);

        assertThat(first.leads()).isFalse();
        Voter second = awaitLeader();
        assertThat(second).isNotSameAs(first);
        assertThat(second.last().orElseThrow().term()).isGreaterThan(term);
    }

    @Tag("torture")
    @Test
    void leadsNoMoreAfterItResignedForGood() {
        Voter first = awaitLeader();

        assertThat(first.elector.resign(true, true)).succeedsWithin(RaftTestCluster.PATIENCE);

        Voter second = awaitLeader();
        int before = first.reports.size();
        // Ratis may well make the first one its leader again; it gives that away and never says that it leads.
        assertThat(second.elector.resign(true, false)).succeedsWithin(RaftTestCluster.PATIENCE);
        awaitLeader();
        assertThat(first.reports.subList(before, first.reports.size())).noneMatch(Standing.Leading.class::isInstance);
    }

    @Test
    void neverGoesBackInTerms() {
        for (int i = 0; i < 3; i++) {
            // Again if nobody was in reach just then.
            await().atMost(RaftTestCluster.PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(awaitLeader().elector.resign(true, false))
                            .succeedsWithin(RaftTestCluster.PATIENCE));
        }
        awaitLeader();

        assertThat(voters.values())
                .allSatisfy(voter ->
                        assertThat(voter.reports).extracting(Standing::term).isSorted());
    }

    private Voter awaitLeader() {
        AtomicReference<Voter> leader = new AtomicReference<>();
        await().atMost(RaftTestCluster.PATIENCE).untilAsserted(() -> {
            List<Voter> leaders = voters.values().stream().filter(Voter::leads).toList();
            assertThat(leaders)
                    .withFailMessage(() ->
                            voters.values().stream().map(Voter::state).toList().toString())
                    .hasSize(1);
            leader.set(leaders.get(0));
        });
        return leader.get();
    }
}
