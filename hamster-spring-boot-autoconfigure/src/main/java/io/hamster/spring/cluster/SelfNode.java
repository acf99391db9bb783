package io.hamster.spring.cluster;

import io.hamster.cluster.Node;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.cluster.HamsterClusterProperties.NodeProperties;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Finds this instance among the configured nodes: by its name, else by its mark, else by its address. */
final class SelfNode {

    private SelfNode() {}

    static Optional<Node> find(HamsterClusterProperties properties, Supplier<LocalAddresses> addresses) {
        List<NodeProperties> nodes = properties.nodes();
        String name = properties.nodeName();
        if (nodes.isEmpty()) {
            return Optional.ofNullable(name).map(given -> Node.of(given, "localhost", 0));
        }
        if (name != null) {
            return nodes.stream()
                    .filter(node -> node.name().equals(name))
                    .findFirst()
                    .map(NodeProperties::toNode);
        }
        Optional<NodeProperties> marked =
                nodes.stream().filter(NodeProperties::local).findFirst();
        return Optional.of(
                marked.orElseGet(() -> byAddress(nodes, addresses.get())).toNode());
    }

    private static NodeProperties byAddress(List<NodeProperties> nodes, LocalAddresses addresses) {
        List<NodeProperties> here =
                nodes.stream().filter(node -> addresses.include(node.host())).toList();
        if (here.size() == 1) {
            return here.get(0);
        }
        String hosts =
                nodes.stream().map(node -> node.name() + " at " + node.host()).toList() + "";
        throw new HamsterConfigurationException(
                here.isEmpty()
                        ? "None of hamster.cluster.nodes is this machine: the nodes are " + hosts
                                + ", this machine is known as " + addresses.names() + "."
                        : "Several of hamster.cluster.nodes are on this machine: "
                                + here.stream().map(NodeProperties::name).toList() + ".",
                "Say which node this instance is, for example by an environment variable:\n\n"
                        + "    HAMSTER_CLUSTER_NODENAME=" + nodes.get(0).name());
    }
}
