package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Node;
import io.hamster.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaftClusterTests {

    private static final RaftMember A = new RaftMember(Node.of("a", "127.0.0.1", 7800), 7801);
    private static final RaftMember B = new RaftMember(Node.of("b", "127.0.0.1", 7810), 7811);
    private static final RaftMember OTHER_B = new RaftMember(Node.of("b", "127.0.0.1", 7820), 7821);

    @Test
    void refusesTwoMembersOfOneName() {
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> builder(A, A, B, OTHER_B))
                .withMessageContaining("named 'b'");
    }

    @Test
    void refusesANodeThatIsNoMember() {
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> builder(A, B))
                .withMessageContaining("[b]");
        assertThatExceptionOfType(ClusterConfigurationException.class).isThrownBy(() -> builder(B, A, OTHER_B));
    }

    @Test
    void refusesACommandTimeoutThatNoCommandWouldMeet() {
        RaftCluster.Builder builder = builder(A, A, B);
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofHours(2))) {
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> builder.lockCommandTimeout(timeout))
                    .withMessageContaining("1 ms to 1 min");
        }
    }

    private static RaftCluster.Builder builder(RaftMember self, RaftMember... members) {
        RaftSettings settings = RaftSettings.of(Path.of("unused"), false);
        return RaftCluster.builder(self, List.of(members), settings, new ManualTime().scheduler(), Runnable::run);
    }
}
