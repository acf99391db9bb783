package io.hamster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What every mode of {@link Cluster} with more than one node does alike, on three. */
public abstract class ClusterGroupContractTests extends ClusterContractTests {

    @Test
    void electsOneOfThreeAndReachesAll() {
        start(3);

        for (Cluster cluster : clusters) {
            assertThat(cluster.awaitReady(PATIENCE)).isTrue();
        }
        assertThat(clusters).filteredOn(Cluster::isLeader).hasSize(1);
        assertThat(clusters).extracting(Cluster::leader).containsOnly(leader().leader());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(clusters)
                        .allSatisfy(
                                cluster -> assertThat(cluster.aliveNodeCount()).isEqualTo(3)));
        for (Cluster from : clusters) {
            for (Cluster to : clusters) {
                assertThat(from.call(to(to, "name").build())).contains(to.self().name());
            }
        }
        assertThat(clusters.get(0)
                        .broadcast(RemoteCall.function("name").build())
                        .join())
                .allSatisfy((node, result) -> assertThat(result.value()).contains(node))
                .hasSize(3);
    }

    @Test
    void handsOverWhenTheLeaderResigns() {
        start(3);
        await().atMost(PATIENCE).until(() -> clusters.stream().allMatch(Cluster::isReady));
        Cluster first = leader();
        Leadership before = first.leadership().orElseThrow();

        assertThat(first.resign().join()).isTrue();

        assertThat(before.isCurrent()).isFalse();
        await().atMost(PATIENCE)
                .until(() -> clusters.stream().anyMatch(cluster -> cluster != first && cluster.isLeader()));
        assertThat(leader().term()).isGreaterThan(before.term());
        await().atMost(PATIENCE).until(() -> first.leader().equals(leader().leader()) && first.isFollower());
    }

    @Test
    void namesWhatIsWrongOnAnotherNode() {
        start(3);
        await().atMost(PATIENCE)
                .until(() -> clusters.stream().allMatch(cluster -> cluster.isReady() && cluster.aliveNodeCount() == 3));
        Cluster from = clusters.get(0);
        Cluster other = clusters.get(1);
        CountDownLatch release = new CountDownLatch(1);
        other.registerFunction("slow", Void.class, none -> {
            release.await();
            return "late";
        });

        CompletableFuture<Optional<Object>> slow =
                from.callAsync(to(other, "slow").build());
        assertThat(call(from, "echo", "meanwhile")).contains("meanwhile");
        assertThat(from.call(to(other, "echo").argument("also there").build())).contains("also there");
        assertThatExceptionOfType(RemoteCallTimeoutException.class)
                .isThrownBy(() -> from.call(
                        to(other, "slow").timeout(Duration.ofMillis(100)).build()));
        assertThatExceptionOfType(UnknownFunctionException.class)
                .isThrownBy(() -> from.call(to(other, "missing").build()));
        assertThatExceptionOfType(RemoteFunctionException.class)
                .isThrownBy(() -> from.call(to(other, "fail").argument("why").build()))
                .withMessageContaining("why");
        assertThatExceptionOfType(PayloadTooLargeException.class)
                .isThrownBy(() -> from.call(to(other, "long").build()));
        release.countDown();
        assertThat(slow).succeedsWithin(PATIENCE).isEqualTo(Optional.of("late"));
    }

    @Test
    void handsOverWhenTheLeaderCloses() {
        start(3);
        List<RecordingTracker> trackers = clusters.stream()
                .map(cluster -> {
                    RecordingTracker tracker = new RecordingTracker();
                    cluster.addJobTracker(tracker);
                    return tracker;
                })
                .toList();
        await().atMost(PATIENCE).until(() -> clusters.stream().allMatch(Cluster::isReady));
        Cluster first = leader();
        long term = first.term();

        first.close();

        await().atMost(PATIENCE).until(() -> clusters.stream().anyMatch(Cluster::isLeader));
        assertThat(leader()).isNotSameAs(first);
        assertThat(leader().term()).isGreaterThan(term);
        assertThat(trackers.get(clusters.indexOf(first)).calls()).endsWith("start " + term, "stop");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(leader().lostNodeNames())
                        .containsExactly(first.self().name()));
        assertThatExceptionOfType(NodeUnreachableException.class)
                .isThrownBy(() -> leader().call(to(first, "name").build()));
    }

    private Cluster leader() {
        return clusters.stream().filter(Cluster::isLeader).findFirst().orElseThrow();
    }
}
