package io.hamster.spring.cluster;

import io.hamster.cluster.raft.ClusterTls;
import io.hamster.cluster.raft.RaftSettings;
import java.time.Duration;
import java.util.Optional;

/** Makes this node's part of a Raft group; apart, so that the wiring can be looked at without one. */
@FunctionalInterface
interface RaftEngineFactory {

    /**
     * Makes it; nothing starts yet.
     *
     * @param lockCommandTimeout how long the group may take to answer the lock store's commands
     */
    RaftGroup create(RaftMembers members, RaftSettings settings, Optional<ClusterTls> tls, Duration lockCommandTimeout);
}
