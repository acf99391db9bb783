package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.spring.lock.LockStoreHealth;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Locks of a group can be had while it has a leader. */
final class RaftLockHealth implements LockStoreHealth {

    private final Supplier<Cluster> cluster;
    private final Supplier<Optional<Instant>> leaderlessSince;

    /**
     * Creates the health.
     *
     * @param cluster asked for when somebody looks: it may be made after the locks are
     * @param leaderlessSince may lag behind the cluster, both ways; empty where nobody remembers
     */
    RaftLockHealth(Supplier<Cluster> cluster, Supplier<Optional<Instant>> leaderlessSince) {
        this.cluster = cluster;
        this.leaderlessSince = leaderlessSince;
    }

    @Override
    public boolean isUp() {
        return cluster.get().isReady();
    }

    @Override
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        Optional<Node> leader = cluster.get().leader();
        details.put("leader", leader.map(Node::name).orElse("none"));
        if (leader.isEmpty()) {
            leaderlessSince.get().ifPresent(since -> details.put("since", since));
        }
        return details;
    }
}
