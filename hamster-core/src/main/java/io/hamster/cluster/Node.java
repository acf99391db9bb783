package io.hamster.cluster;

import io.hamster.InvalidKeyException;
import io.hamster.Keys;

/**
 * A member of a cluster.
 *
 * @param name its name, unique in the cluster; 1 to 100 characters, no control characters
 * @param host its host name or IP address
 * @param port the port that it takes messages on; 0 if it listens on none
 * @param address where others reach it, in the form that the transport uses
 */
public record Node(String name, String host, int port, String address) {

    private static final int MAX_NAME = 100;
    private static final int MAX_PORT = 65_535;

    /**
     * Checks the values.
     *
     * @param name its name
     * @param host its host name or IP address
     * @param port its port, or 0
     * @param address where others reach it
     * @throws InvalidKeyException if the name isn't allowed
     * @throws ClusterConfigurationException if another value isn't
     */
    public Node {
        requireName(name);
        if (host.isBlank()) {
            throw new ClusterConfigurationException("Node '" + name + "' has a blank host; give a name or an address");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new ClusterConfigurationException(
                    "Node '" + name + "' has the port " + port + "; give one from 0 to " + MAX_PORT);
        }
        if (address.isBlank()) {
            throw new ClusterConfigurationException("Node '" + name + "' has a blank address");
        }
    }

    /**
     * A node whose address is {@code host:port}.
     *
     * @param name its name
     * @param host its host name or IP address; a literal IPv6 address without brackets
     * @param port its port, or 0
     * @return the node
     */
    public static Node of(String name, String host, int port) {
        return new Node(name, host, port, (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port);
    }

    static String requireName(String name) {
        Keys.requireCharacters("Node name", name, MAX_NAME, InvalidKeyException::new);
        return Keys.requireNoControlCharacters("Node name", name, InvalidKeyException::new);
    }
}
