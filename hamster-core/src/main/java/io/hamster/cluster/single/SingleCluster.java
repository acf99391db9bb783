package io.hamster.cluster.single;

import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.Node;

/** A cluster of this node alone: it leads from the start, in term 0, and needs nothing else to run. */
public final class SingleCluster {

    private SingleCluster() {}

    /**
     * Begins a cluster of one.
     *
     * @param self this node
     * @param time the clock, also the cluster's
     * @return a builder of the cluster
     */
    public static ClusterBuilder builder(Node self, TimeSource time) {
        return Cluster.builder(self, new SingleElector(time), new SingleTransport(self))
                .time(time)
                .quiet();
    }
}
