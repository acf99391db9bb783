package io.hamster.spring.cluster;

import io.hamster.TimeSource;
import io.hamster.cluster.raft.ClusterTls;
import io.hamster.cluster.raft.RaftCluster;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.spring.HamsterExecutors;
import java.time.Duration;
import java.util.Optional;

/** Makes the part that really runs, on Hamster's threads. */
final class RaftClusterFactory implements RaftEngineFactory {

    private final TimeSource time;
    private final HamsterExecutors executors;

    RaftClusterFactory(TimeSource time, HamsterExecutors executors) {
        this.time = time;
        this.executors = executors;
    }

    @Override
    public RaftGroup create(
            RaftMembers members, RaftSettings settings, Optional<ClusterTls> tls, Duration lockCommandTimeout) {
        RaftCluster.Builder builder = RaftCluster.builder(
                        members.self(), members.all(), settings, executors.scheduler(), executors.contextFreeExecutor())
                .time(time)
                .lockCommandTimeout(lockCommandTimeout);
        tls.ifPresent(builder::tls);
        RaftCluster cluster = builder.build();
        return new RaftGroup(
                members.names(),
                cluster.clusterBuilder(),
                cluster.lockStore(),
                cluster.invalidationChannel(),
                cluster.loadLeases(),
                cluster::waitingFor);
    }
}
