package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.spring.HamsterConfigurationException;
import org.springframework.context.SmartLifecycle;

/** Starts the cluster after everything else, and resigns before everything else stops. */
final class ClusterLeadershipLifecycle implements SmartLifecycle {

    /** Above the web server's graceful shutdown, {@code DEFAULT_PHASE - 1024}: what stops first started last. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    private final Cluster cluster;
    private final Runnable beforeFirstStart;
    private boolean prepared;
    private volatile boolean running;

    ClusterLeadershipLifecycle(Cluster cluster, Runnable beforeFirstStart) {
        this.cluster = cluster;
        this.beforeFirstStart = beforeFirstStart;
    }

    @Override
    public void start() {
        if (!prepared) {
            beforeFirstStart.run();
            prepared = true;
        }
        try {
            cluster.start();
        } catch (ClusterConfigurationException e) {
            throw new HamsterConfigurationException(
                    "Node '" + cluster.self().name() + "' can't take part in its cluster: " + e.getMessage() + ".",
                    "Correct that and start again.",
                    e);
        }
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        cluster.withdraw().handle((handedOver, error) -> null).join();
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        // What went wrong has been logged and ends with the close at the latest.
        cluster.withdraw().whenComplete((handedOver, error) -> callback.run());
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
