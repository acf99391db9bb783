package io.hamster.cluster.raft;

import io.hamster.cluster.Node;
import java.util.List;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.dns.DNS_PING;

/** How nodes find each other. Makes a new protocol for each start. */
interface Finder {

    Discovery protocol();

    /** By the list of nodes. */
    static Finder configured(List<Node> nodes) {
        return () -> new ConfiguredNodes(nodes);
    }

    /** By the addresses of a DNS name, such as a headless service's in Kubernetes; all take messages on the same port. */
    static Finder dns(String name) {
        return () -> new DNS_PING().setDNSQuery(name);
    }
}
