package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import org.springframework.context.SmartLifecycle;

/** Closes the cluster once nobody uses it any more. */
final class ClusterTransportLifecycle implements SmartLifecycle {

    /** Below the web server's stop, {@code DEFAULT_PHASE - 2048}, and what is released after it; above Lettuce's 0. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 8192;

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
