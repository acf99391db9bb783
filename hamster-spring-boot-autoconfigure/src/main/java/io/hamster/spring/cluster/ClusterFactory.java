package io.hamster.spring.cluster;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.Node;
import io.hamster.cluster.RemoteCallListener;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.cluster.HamsterClusterProperties.NodeProperties;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;

/** Makes the cluster that the properties ask for. */
final class ClusterFactory {

    private static final Logger logger = LoggerFactory.getLogger(ClusterFactory.class);
    private static final Set<Integer> SENSIBLE_GROUPS = Set.of(3, 5, 7);

    private final HamsterClusterProperties properties;
    private final TimeSource time;
    private final ObjectProvider<ClusterEngine> engines;
    private volatile String description = "provided by the application";
    private volatile Supplier<Optional<String>> waitingFor = Optional::empty;
    private volatile Supplier<Optional<ClusterEngine.Outage>> outage = Optional::empty;

    ClusterFactory(HamsterClusterProperties properties, TimeSource time, ObjectProvider<ClusterEngine> engines) {
        this.properties = properties;
        this.time = time;
        this.engines = engines;
    }

    /** For the line that is logged at start, once the cluster has been made, here or elsewhere. */
    String description() {
        return description;
    }

    /** Why there is no leader yet, if the engine knows. */
    Optional<String> waitingFor() {
        return waitingFor.get();
    }

    /** What the engine can't reach, if it stands on anything. */
    Optional<ClusterEngine.Outage> outage() {
        return outage.get();
    }

    Cluster create(
            HamsterExecutors executors,
            ObjectProvider<Codec> codec,
            ObjectProvider<RemoteCallListener> callListeners,
            ObjectProvider<ClusterCustomizer> customizers) {
        ClusterEngine engine = choose();
        description = properties.enabled() ? engine.description() : "off";
        waitingFor = engine::waitingFor;
        outage = engine::outage;
        List<Node> nodes = properties.enabled()
                ? properties.nodes().stream().map(NodeProperties::toNode).toList()
                : List.of();
        if (engine.mode() == ClusterMode.CLUSTER && !nodes.isEmpty() && !SENSIBLE_GROUPS.contains(nodes.size())) {
            logger.warn(
                    "hamster.cluster.nodes are {}: a group needs more than half of its nodes alive, so 3 survive the loss"
                            + " of 1, 5 of 2 and 7 of 3; an even number adds cost but no safety, and fewer than 3 survive"
                            + " no loss",
                    nodes.size());
        }
        ClusterBuilder builder = engine.builder(self(), nodes)
                .scheduler(executors.scheduler())
                .executor(executors.contextFreeExecutor())
                .rpc(properties.rpc().toSettings())
                .readyTimeout(properties.timeout())
                .stopTimeout(properties.stopTimeout());
        codec.ifAvailable(builder::codec);
        callListeners.orderedStream().forEach(builder::callListener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    private Optional<Node> self() {
        return properties.enabled()
                ? SelfNode.find(properties, LocalAddresses::ofThisMachine)
                : Optional.ofNullable(properties.nodeName()).map(name -> Node.of(name, "localhost", 0));
    }

    private ClusterEngine choose() {
        ClusterMode mode = properties.mode();
        if (mode == ClusterMode.SINGLE) {
            if (properties.enabled() && properties.nodes().size() > 1) {
                logger.warn(
                        "hamster.cluster.nodes are {}, but hamster.cluster.mode is 'single': this instance is a cluster of"
                                + " its own, and every instance is a leader. Set the mode to 'cluster'",
                        properties.nodes().size());
            }
            return new SingleEngine(time);
        }
        if (!properties.enabled()) {
            logger.warn(
                    "hamster.cluster.mode is '{}', but hamster.cluster.enabled is false: this instance is a cluster of its"
                            + " own, and every instance is a leader",
                    text(mode));
            return new SingleEngine(time);
        }
        return engines.orderedStream()
                .filter(engine -> engine.mode() == mode)
                .findFirst()
                .orElseThrow(() -> new HamsterConfigurationException(
                        "hamster.cluster.mode is '" + text(mode) + "', but nothing on the class path provides it.",
                        mode == ClusterMode.CLUSTER
                                ? missing("io.hamster", "hamster-cluster")
                                : missing("org.springframework.boot", "spring-boot-starter-data-redis")));
    }

    private static String missing(String groupId, String artifactId) {
        return """
                Add the dependency:

                    <dependency>
                      <groupId>%s</groupId>
                      <artifactId>%s</artifactId>
                    </dependency>

                or let this instance be a cluster of its own:

                    hamster.cluster.mode: single""".formatted(groupId, artifactId);
    }

    private static String text(ClusterMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
