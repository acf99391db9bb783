package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Node;

/**
 * A configured member of the group.
 *
 * @param node the node, whose port takes messages
 * @param raftPort the port that takes Raft's own traffic, 1 to 65535 and another one than the node's
 */
public record RaftMember(Node node, int raftPort) {

    /**
     * Checks the values.
     *
     * @param node the node
     * @param raftPort its port for Raft
     * @throws ClusterConfigurationException if a port is out of range or both are the same
     */
    public RaftMember {
        if (node.port() < 1) {
            throw new ClusterConfigurationException(
                    "Node '" + node.name() + "' has no port; give one that it takes messages on");
        }
        if (raftPort < 1 || raftPort > 65_535 || raftPort == node.port()) {
            throw new ClusterConfigurationException("Node '" + node.name() + "' has the Raft port " + raftPort
                    + "; give one from 1 to 65535, other than its port " + node.port());
        }
    }

    String name() {
        return node.name();
    }
}
