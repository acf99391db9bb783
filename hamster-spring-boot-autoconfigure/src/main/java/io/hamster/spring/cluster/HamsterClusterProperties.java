package io.hamster.spring.cluster;

import io.hamster.HamsterException;
import io.hamster.InvalidKeyException;
import io.hamster.cluster.Node;
import io.hamster.cluster.RpcSettings;
import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the cluster.
 *
 * @param enabled Whether this instance joins others as the mode says. Otherwise it is a cluster of its own.
 * @param mode What the cluster is made of.
 * @param timeout How long a silent member counts as alive, and how long to wait for a leader by default; 100ms to 1h,
 *     with mode cluster at least 500ms.
 * @param stopTimeout How long job trackers and methods with @LeaderOnly may take to stop when leadership is handed over
 *     or the application stops, before they are interrupted or left behind; 100ms to 1h.
 * @param nodes The nodes of the cluster, the same list on each of them: of each its name, host (localhost unless set),
 *     port, raft-port (the next one unless set), and whether it is local, which marks this instance. None unless set;
 *     required with mode cluster.
 * @param nodeName The name of this node among the nodes. Found by its local mark, else by address, if not set.
 * @param aspectOrder The order of the aspect of @LeaderOnly; lower runs further outside. By default outside of caches,
 *     locks and transactions.
 * @param rpc Remote calls.
 * @param tls How nodes prove themselves to each other, with mode cluster.
 */
@ConfigurationProperties("hamster.cluster")
public record HamsterClusterProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("single") ClusterMode mode,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("10s") Duration stopTimeout,
        @DefaultValue List<NodeProperties> nodes,
        @Nullable String nodeName,

        @DefaultValue("" + DEFAULT_ASPECT_ORDER) int aspectOrder,

        @DefaultValue Rpc rpc,
        @DefaultValue Tls tls) {

    /** Outside of caches, those outside of locks, those outside of transactions. */
    static final int DEFAULT_ASPECT_ORDER = Integer.MAX_VALUE - 300;

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);

    /**
     * Checks the values.
     *
     * @param enabled whether this instance joins others
     * @param mode what the cluster is made of
     * @param timeout how long a silent member counts as alive
     * @param stopTimeout how long leaders may take to stop
     * @param nodes the nodes
     * @param nodeName the name of this node
     * @param aspectOrder the order of the aspect
     * @param rpc remote calls
     * @param tls how nodes prove themselves
     * @throws HamsterConfigurationException if a value isn't allowed, or names aren't unique
     */
    public HamsterClusterProperties {
        requireRange("hamster.cluster.timeout", timeout);
        requireRange("hamster.cluster.stop-timeout", stopTimeout);
        nodes = List.copyOf(nodes);
        nodeName = nodeName == null || nodeName.isBlank() ? null : nodeName;
        requireName(nodeName);
        requireDistinct(nodes);
        requireOneLocal(nodes);
        if (nodeName != null && !nodes.isEmpty()) {
            requireKnown(nodeName, nodes);
        }
    }

    /** What this instance's cluster is made of. */
    ClusterMode effectiveMode() {
        return enabled ? mode : ClusterMode.SINGLE;
    }

    private static void requireRange(String property, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new HamsterConfigurationException(
                    property + " is " + value.toMillis() + "ms.", "Set it to a value from 100ms to 1h.");
        }
    }

    private static void requireName(@Nullable String name) {
        try {
            if (name != null) {
                Node.of(name, "localhost", 0);
            }
        } catch (InvalidKeyException e) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.node-name can't be a node's name: " + e.getMessage() + ".",
                    "Set another name, or none.",
                    e);
        }
    }

    private static void requireDistinct(List<NodeProperties> nodes) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            String name = nodes.get(i).name();
            if (!seen.add(name)) {
                throw new HamsterConfigurationException(
                        "hamster.cluster.nodes[" + i + "].name is '" + name + "', as is that of another node.",
                        "Give each node a name of its own.");
            }
        }
    }

    private static void requireOneLocal(List<NodeProperties> nodes) {
        List<String> local = nodes.stream()
                .filter(NodeProperties::local)
                .map(NodeProperties::name)
                .toList();
        if (local.size() > 1) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.nodes marks " + local + " as local.",
                    "Mark one node at most, a different one on each instance, or set hamster.cluster.node-name.");
        }
    }

    private static void requireKnown(String nodeName, List<NodeProperties> nodes) {
        List<String> names = nodes.stream().map(NodeProperties::name).toList();
        if (!names.contains(nodeName)) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.node-name is '" + nodeName + "', but the nodes are " + names + ".",
                    "Set it to one of these names, or add the node to hamster.cluster.nodes.");
        }
    }

    /**
     * A node of the cluster.
     *
     * @param name Its name, unique in the cluster.
     * @param host Its host name or address.
     * @param port The port that it takes messages on.
     * @param raftPort The port that it takes Raft's traffic on, with mode cluster; the one after the port unless set.
     * @param local Whether it is this instance.
     */
    public record NodeProperties(
            String name,
            @DefaultValue("localhost") String host,
            @DefaultValue("0") int port,
            @DefaultValue("0") int raftPort,
            @DefaultValue("false") boolean local) {

        private static final int MAX_PORT = 65_535;

        /**
         * Checks the values.
         *
         * @param name its name
         * @param host its host
         * @param port its port
         * @param raftPort its port for Raft, or 0
         * @param local whether it is this instance
         * @throws HamsterConfigurationException if a value isn't allowed
         */
        public NodeProperties {
            if (name == null) {
                throw new HamsterConfigurationException(
                        "A node in hamster.cluster.nodes has no name.", "Give each node a name of its own.");
            }
            try {
                Node.of(name, host, port);
            } catch (HamsterException e) {
                throw new HamsterConfigurationException(
                        "hamster.cluster.nodes: " + e.getMessage() + ".", "Correct the node.", e);
            }
            if (raftPort < 0 || raftPort > MAX_PORT) {
                throw new HamsterConfigurationException(
                        "hamster.cluster.nodes: Node '" + name + "' has the Raft port " + raftPort + ".",
                        "Give one from 1 to " + MAX_PORT + ", or leave it out for the one after the port.");
            }
        }

        Node toNode() {
            return Node.of(name, host, port);
        }
    }

    /**
     * Remote calls.
     *
     * @param timeout How long a call that doesn't say waits for its answer; 1ms to 1d.
     * @param maxPayload The largest argument or result, encoded; 1KB to 64MB.
     * @param maxInFlight How many calls made here may be under way at once; 1 to 1000000.
     * @param concurrency How many calls of one function run here at once; 1 to 10000.
     * @param queue How many calls of one function wait here for their turn; 0 to 1000000. Waiting calls may
     *     have 16 times the maximum payload in all.
     */
    public record Rpc(
            @DefaultValue("3s") Duration timeout,
            @DefaultValue("1MB") DataSize maxPayload,
            @DefaultValue("10000") int maxInFlight,
            @DefaultValue("16") int concurrency,
            @DefaultValue("1000") int queue) {

        /**
         * Checks the values.
         *
         * @param timeout how long a call waits
         * @param maxPayload the largest argument or result
         * @param maxInFlight how many calls may be under way
         * @param concurrency how many calls of one function run
         * @param queue how many calls of one function wait
         * @throws HamsterConfigurationException if a value is out of range
         */
        public Rpc {
            try {
                settings(timeout, maxPayload, maxInFlight, concurrency, queue);
            } catch (HamsterException e) {
                // Core's message begins with its own name of the value, which is the property's in camel case.
                String[] words = String.valueOf(e.getMessage()).split(" ", 2);
                throw new HamsterConfigurationException(
                        "hamster.cluster.rpc." + DataObjectPropertyName.toDashedForm(words[0]) + " " + words[1] + ".",
                        "Correct the property.",
                        e);
            }
        }

        RpcSettings toSettings() {
            return settings(timeout, maxPayload, maxInFlight, concurrency, queue);
        }

        private static RpcSettings settings(
                Duration timeout, DataSize maxPayload, int maxInFlight, int concurrency, int queue) {
            int bytes = (int) Math.min(maxPayload.toBytes(), Integer.MAX_VALUE);
            return new RpcSettings(timeout, bytes, maxInFlight, concurrency, queue);
        }
    }
    /**
     * How nodes prove themselves to each other.
     *
     * @param bundle The SSL bundle (spring.ssl.bundle.*) with this node's key and certificate and the authorities that
     *     other nodes' certificates are accepted from. None unless
     *     set: whoever reaches the nodes' ports is taken for one of them then.
     */
    public record Tls(@Nullable String bundle) {}
}
