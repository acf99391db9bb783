package io.hamster.spring.cluster;

import io.hamster.TimeSource;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.Node;
import io.hamster.cluster.single.SingleCluster;
import java.util.List;
import java.util.Optional;

/** The engine that is always there. */
final class SingleEngine implements ClusterEngine {

    private final TimeSource time;

    SingleEngine(TimeSource time) {
        this.time = time;
    }

    @Override
    public ClusterMode mode() {
        return ClusterMode.SINGLE;
    }

    @Override
    public String description() {
        return "of one (this JVM only)";
    }

    @Override
    public ClusterBuilder builder(Optional<Node> self, List<Node> nodes) {
        return SingleCluster.builder(self.orElseGet(() -> Node.of("local", "localhost", 0)), time);
    }
}
