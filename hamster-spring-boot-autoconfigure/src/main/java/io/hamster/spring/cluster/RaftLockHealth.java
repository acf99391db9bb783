package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.spring.lock.LockStoreHealth;
import java.util.Map;
import java.util.function.Supplier;

/** Locks of a group can be had while it has a leader. */
final class RaftLockHealth implements LockStoreHealth {

    private final Supplier<Cluster> cluster;

    /**
     * Creates the health.
     *
     * @param cluster asked for when somebody looks: it may be made after the locks are
     */
    RaftLockHealth(Supplier<Cluster> cluster) {
        this.cluster = cluster;
    }

    @Override
    public boolean isUp() {
        return cluster.get().isReady();
    }

    @Override
    public Map<String, Object> details() {
        return Map.of("leader", cluster.get().leader().map(Node::name).orElse("none"));
    }
}
