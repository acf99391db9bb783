package io.hamster.benchmarks.cluster;

import io.hamster.benchmarks.report.Section;
import io.hamster.benchmarks.report.Suite;
import java.util.List;

/** The cluster without a server, against the engines that it is made of. */
public final class ClusterSuite {

    private ClusterSuite() {}

    /**
     * Makes the suite.
     *
     * @return the suite {@code cluster}
     */
    public static Suite create() {
        return new Suite(
                "cluster",
                "Cluster",
                List.of(),
                List.of(),
                List.of(
                        new Section("Replicated locks", ReplicatedLocks::report),
                        new Section("Remote calls", RemoteCalls::report),
                        new Section("From one leader to the next", Failover::report),
                        new Section("An idle node", IdleNode::report)));
    }
}
