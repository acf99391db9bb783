package io.hamster.spring.cluster;

import io.hamster.cluster.Node;
import io.hamster.cluster.raft.RaftMember;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.cluster.HamsterClusterProperties.NodeProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The members of a Raft group as the properties have them.
 *
 * @param self this node, one of them
 * @param all every node, this one included
 */
record RaftMembers(RaftMember self, List<RaftMember> all) {

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1|(0+:){7}0*1");
    private static final int MAX_PORT = 65_535;

    private static final String EXAMPLE = """
            hamster.cluster.nodes:
              - { name: a, host: 10.0.0.1, port: 7800 }
              - { name: b, host: 10.0.0.2, port: 7800 }
              - { name: c, host: 10.0.0.3, port: 7800 }""";

    static RaftMembers of(HamsterClusterProperties properties) {
        if (properties.nodes().isEmpty()) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.mode is 'cluster', but hamster.cluster.nodes is empty.",
                    "Name every node of the group, the same on all of them:\n\n"
                            + EXAMPLE.indent(4).stripTrailing());
        }
        List<RaftMember> all = new ArrayList<>();
        for (int i = 0; i < properties.nodes().size(); i++) {
            all.add(member(i, properties.nodes().get(i)));
        }
        requireOwnPorts(all);
        Node self = SelfNode.find(properties, LocalAddresses::ofThisMachine).orElseThrow();
        RaftMember own = all.stream()
                .filter(member -> member.node().equals(self))
                .findFirst()
                .orElseThrow();
        return new RaftMembers(own, List.copyOf(all));
    }

    List<String> names() {
        return all.stream().map(member -> member.node().name()).toList();
    }

    /** The hosts that others may reach too, as far as their names tell; looking names up could take long. */
    List<String> beyondLoopback() {
        return all.stream()
                .map(member -> member.node().host())
                .filter(host -> !LOOPBACK.matcher(host).matches())
                .toList();
    }

    private static RaftMember member(int index, NodeProperties node) {
        String property = "hamster.cluster.nodes[" + index + "]";
        if (node.port() == 0) {
            throw new HamsterConfigurationException(
                    property + ".port, that of node '" + node.name() + "', isn't set.",
                    "Give a port from 1 to " + (MAX_PORT - 1) + " that the node takes messages on.");
        }
        int raftPort = node.raftPort() == 0 ? node.port() + 1 : node.raftPort();
        if (raftPort > MAX_PORT || raftPort == node.port()) {
            throw new HamsterConfigurationException(
                    property + ".raft-port, that of node '" + node.name() + "', is " + raftPort + " and its port is "
                            + node.port() + ".",
                    "Give a port from 1 to " + MAX_PORT + " other than the node's port.");
        }
        return new RaftMember(node.toNode(), raftPort);
    }

    private static void requireOwnPorts(List<RaftMember> all) {
        Map<String, String> owners = new HashMap<>();
        for (RaftMember member : all) {
            for (int port : new int[] {member.node().port(), member.raftPort()}) {
                String name = member.node().name();
                String other = owners.put(member.node().host() + " port " + port, name);
                if (other != null) {
                    throw new HamsterConfigurationException(
                            "hamster.cluster.nodes: nodes '" + other + "' and '" + name + "' both use port " + port
                                    + " of " + member.node().host() + ".",
                            "Each node takes two ports, its port and its raft-port, which is the next one unless set."
                                    + " Give each of them its own.");
                }
            }
        }
    }
}
