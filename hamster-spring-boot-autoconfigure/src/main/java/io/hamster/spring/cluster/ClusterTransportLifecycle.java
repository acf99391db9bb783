package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import org.springframework.context.SmartLifecycle;

/** Closes the cluster once nobody uses it any more. */
final class ClusterTransportLifecycle implements SmartLifecycle {

    /** Below that of locks and caches, 3072, which may let go of what they hold through the cluster; above Lettuce's 0. */
    static final int PHASE = 1024;

    private final Cluster cluster;
    private volatile boolean running;

    ClusterTransportLifecycle(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        cluster.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
