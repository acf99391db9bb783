package io.hamster.spring.cluster;

import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.Node;
import java.util.List;
import java.util.Optional;

/** The engine of a Raft group, whose nodes are known by the time that it is asked. */
final class RaftEngine implements ClusterEngine {

    private final RaftGroup group;
    private volatile boolean used;

    RaftEngine(RaftGroup group) {
        this.group = group;
    }

    @Override
    public ClusterMode mode() {
        return ClusterMode.CLUSTER;
    }

    @Override
    public String description() {
        return "by Raft (nodes " + String.join(", ", group.names()) + ")";
    }

    @Override
    public ClusterBuilder builder(Optional<Node> self, List<Node> nodes) {
        used = true;
        return group.cluster();
    }

    @Override
    public Optional<String> waitingFor() {
        return group.waitingFor().get();
    }

    /** Whether there is a cluster with which the group starts and ends. */
    boolean isUsed() {
        return used;
    }
}
