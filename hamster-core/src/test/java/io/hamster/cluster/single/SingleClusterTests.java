package io.hamster.cluster.single;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.ClusterContractTests;
import io.hamster.cluster.Node;
import io.hamster.cluster.RemoteCall;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SingleClusterTests extends ClusterContractTests {

    private static final Node SELF = Node.of("node1", "127.0.0.1", 0);

    @Override
    protected List<Cluster> create(int nodes, Consumer<ClusterBuilder> setup) {
        ClusterBuilder builder = SingleCluster.builder(SELF, TimeSource.system());
        setup.accept(builder);
        return List.of(builder.build());
    }

    @Test
    void isReadyAtOnceInTermZeroAndForAHundredYears() {
        ManualTime time = new ManualTime();
        try (Cluster cluster = SingleCluster.builder(SELF, time)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .build()) {
            cluster.start();

            assertThat(cluster.isLeader()).isTrue();
            assertThat(cluster.term()).isZero();
            time.advance(Duration.ofDays(36_500));
            assertThat(cluster.isLeader()).isTrue();
            assertThat(time.pendingTasks()).isZero();
        }
    }

    @Test
    void refusesFunctionsAndCallsWithoutCodec() {
        try (Cluster cluster = SingleCluster.builder(SELF, TimeSource.system()).build()) {
            cluster.start();

            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> cluster.registerFunction("echo", String.class, text -> text))
                    .withMessageContaining("codec");
            RemoteCall<Object> call = RemoteCall.function("echo").node("node1").build();
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> cluster.callAsync(call))
                    .withMessageContaining("codec");
            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> cluster.broadcast(call))
                    .withMessageContaining("codec");
        }
    }
}
