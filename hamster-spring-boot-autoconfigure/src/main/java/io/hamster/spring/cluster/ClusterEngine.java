package io.hamster.spring.cluster;

import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.Node;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A bean that brings elector and transport for one mode; the one for {@code hamster.cluster.mode} is used. */
public interface ClusterEngine {

    /**
     * The mode it is for.
     *
     * @return the mode
     */
    ClusterMode mode();

    /**
     * What is chosen with it, for the line that is logged at start.
     *
     * @return a few words, such as {@code by Raft}
     */
    String description();

    /**
     * Begins the cluster.
     *
     * @param self this node, if it is among the configured nodes or named
     * @param nodes the configured nodes, perhaps none
     * @return a builder with elector, transport and clock, to which everything else is yet to be applied
     */
    ClusterBuilder builder(Optional<Node> self, List<Node> nodes);

    /**
     * Why there is no leader yet, where the engine knows more about that than the cluster; for health.
     *
     * @return such as {@code waits for nodes b, c to found the group}; empty once there is nothing to wait for
     */
    default Optional<String> waitingFor() {
        return Optional.empty();
    }

    /**
     * What the engine stands on and can't reach at present; for health. A leader may be known all the same, until its
     * lease has run out. Answers from what is known and waits for nothing.
     *
     * @return the outage; empty while nothing is known to be missing
     */
    default Optional<Outage> outage() {
        return Optional.empty();
    }

    /**
     * That an engine is cut off.
     *
     * @param reason what is out of reach, such as {@code redis is away}
     * @param since when that was noticed first
     */
    record Outage(String reason, Instant since) {}
}
