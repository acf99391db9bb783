package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterEvent;
import io.hamster.cluster.ClusterListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of leadership and members. */
final class ClusterMeters implements MeterBinder, ClusterListener {

    private final Cluster cluster;
    private final AtomicLong elections = new AtomicLong();

    ClusterMeters(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public void onEvent(ClusterEvent event) {
        if (event instanceof ClusterEvent.ElectionFinish) {
            elections.incrementAndGet();
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("hamster.cluster.leader", cluster, self -> self.isLeader() ? 1 : 0)
                .description("1 while this node leads, else 0")
                .register(registry);
        Gauge.builder("hamster.cluster.term", cluster, Cluster::term)
                .description("The highest term known")
                .register(registry);
        Gauge.builder("hamster.cluster.nodes", cluster, Cluster::aliveNodeCount)
                .tag("state", "alive")
                .description("Nodes by whether they are in reach")
                .register(registry);
        Gauge.builder("hamster.cluster.nodes", cluster, Cluster::lostNodeCount)
                .tag("state", "lost")
                .description("Nodes by whether they are in reach")
                .register(registry);
        FunctionCounter.builder("hamster.cluster.elections", elections, AtomicLong::get)
                .description("Elections that this node saw the end of")
                .register(registry);
    }
}
