package io.hamster.cluster.raft;

import io.hamster.HamsterException;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Node;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.jspecify.annotations.Nullable;

/**
 * A node's name, host and port within its address in the group: whoever sees the address knows the node, whatever else it
 * has heard. Each start gets another address, so that a node's former life is told from this one.
 */
final class NodeAddress {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_VALUE = 255;
    private static final byte[] NAME = {'n'};
    /** What of the name doesn't fit a single value. */
    private static final byte[] NAME_REST = {'m'};

    private static final byte[] HOST = {'h'};
    private static final byte[] PORT = {'p'};

    private NodeAddress() {}

    static ExtendedUUID of(Node node) {
        byte[] name = node.name().getBytes(StandardCharsets.UTF_8);
        byte[] host = node.host().getBytes(StandardCharsets.UTF_8);
        if (host.length > MAX_VALUE) {
            throw new ClusterConfigurationException("Node '" + node.name() + "' has a host of " + host.length
                    + " bytes; no name or address has more than " + MAX_VALUE);
        }
        ExtendedUUID address = new ExtendedUUID(RANDOM.nextLong(), RANDOM.nextLong());
        address.put(NAME, Arrays.copyOf(name, Math.min(name.length, MAX_VALUE)));
        if (name.length > MAX_VALUE) {
            address.put(NAME_REST, Arrays.copyOfRange(name, MAX_VALUE, name.length));
        }
        address.put(HOST, host);
        address.put(PORT, Integer.toString(node.port()).getBytes(StandardCharsets.US_ASCII));
        return address;
    }

    /** The name in an address, which nothing has checked. */
    static @Nullable String name(@Nullable Address address) {
        if (!(address instanceof ExtendedUUID known)) {
            return null;
        }
        byte[] name = known.get(NAME);
        byte[] rest = known.get(NAME_REST);
        if (name == null) {
            return null;
        }
        if (rest != null) {
            int split = name.length;
            name = Arrays.copyOf(name, split + rest.length);
            System.arraycopy(rest, 0, name, split, rest.length);
        }
        return new String(name, StandardCharsets.UTF_8);
    }

    /** The node in an address; empty if it names none that could be one. */
    static Optional<Node> node(@Nullable Address address) {
        String name = name(address);
        if (name == null || !(address instanceof ExtendedUUID known)) {
            return Optional.empty();
        }
        byte[] host = known.get(HOST);
        byte[] port = known.get(PORT);
        if (host == null || port == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Node.of(
                    name,
                    new String(host, StandardCharsets.UTF_8),
                    Integer.parseInt(new String(port, StandardCharsets.US_ASCII))));
        } catch (HamsterException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
