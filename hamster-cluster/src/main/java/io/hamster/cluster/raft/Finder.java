package io.hamster.cluster.raft;

import io.hamster.cluster.Node;
import java.util.List;
import org.jgroups.protocols.Discovery;

/** How nodes find each other. Makes a new protocol for each start. */
interface Finder {

    Discovery protocol();

    /** By the list of nodes, whose hosts may be names of DNS, such as a StatefulSet's in Kubernetes. */
    static Finder configured(List<Node> nodes) {
        return () -> new ConfiguredNodes(nodes);
    }
}
