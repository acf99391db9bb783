package io.hamster.cluster.raft;

import io.hamster.cluster.Node;
import java.util.List;
import java.util.stream.Collectors;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCPPING;

/** Asks the configured nodes who is there; names that don't resolve yet are tried again each time. */
final class ConfiguredNodes extends TCPPING {

    ConfiguredNodes(List<Node> nodes) {
        setId(ClassConfigurator.getProtocolId(TCPPING.class));
        setPortRange(0);
        initial_hosts_str = nodes.stream()
                .map(node -> node.host() + "[" + node.port() + "]")
                .collect(Collectors.joining(","));
    }
}
