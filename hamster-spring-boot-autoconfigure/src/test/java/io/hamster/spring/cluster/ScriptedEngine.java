package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.Node;
import io.hamster.cluster.ScriptedElector;
import io.hamster.cluster.ScriptedTransport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An engine whose leader is whom a test says. */
final class ScriptedEngine implements ClusterEngine {

    static final Node A = Node.of("a", "127.0.0.1", 1);
    static final Node B = Node.of("b", "127.0.0.1", 2);

    private static final long LEASE = Duration.ofDays(1).toNanos();

    private final ScriptedElector elector = new ScriptedElector();
    private final ScriptedTransport transport = new ScriptedTransport(A, B);

    /** What it can't reach, if a test says so. */
    volatile Optional<Outage> outage = Optional.empty();

    ScriptedEngine() {
        elector.onResign(() -> elector.resigned().complete(null));
    }

    ScriptedElector elector() {
        return elector;
    }

    ScriptedTransport transport() {
        return transport;
    }

    void leads(long term) {
        elector.leads(term, System.nanoTime() + LEASE);
    }

    @Override
    public ClusterMode mode() {
        return ClusterMode.REDIS;
    }

    @Override
    public String description() {
        return "by script";
    }

    @Override
    public Optional<Outage> outage() {
        return outage;
    }

    @Override
    public ClusterBuilder builder(Optional<Node> self, List<Node> nodes) {
        return Cluster.builder(self.orElse(A), elector, transport);
    }
}
