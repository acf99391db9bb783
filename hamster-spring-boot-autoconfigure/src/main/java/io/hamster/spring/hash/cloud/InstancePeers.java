package io.hamster.spring.hash.cloud;

import io.hamster.hash.InvalidPeerException;
import io.hamster.hash.Peer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.cloud.client.ServiceInstance;

/**
 * Service instances as peers. An instance is known by its id, else by host and port; its weight is the metadata entry
 * {@code weight}, or the usual one if that is no weight.
 */
final class InstancePeers {

    private static final String WEIGHT = "weight";

    private InstancePeers() {}

    static Peer peer(ServiceInstance instance) {
        Peer usual = new Peer(id(instance), address(instance));
        return weighted(usual, weight(instance)).orElse(usual);
    }

    /** The instance's weight if it has one that can't be used. */
    static Optional<String> unusableWeight(ServiceInstance instance) {
        String weight = weight(instance);
        Peer usual = new Peer(id(instance), address(instance));
        return weight == null || weighted(usual, weight).isPresent() ? Optional.empty() : Optional.of(weight);
    }

    static void warnOfWeight(Logger logger, ServiceInstance instance, String weight) {
        logger.warn(
                "Instance {} of {} has the weight '{}', which is no number from 0 to 1000000; {} is used",
                id(instance),
                instance.getServiceId(),
                weight,
                Peer.DEFAULT_WEIGHT);
    }

    static String id(ServiceInstance instance) {
        String id = instance.getInstanceId();
        return id == null || id.isBlank() ? address(instance) : id;
    }

    private static String address(ServiceInstance instance) {
        String host = instance.getHost();
        // Some clients give IPv6 without brackets, where the port can't be told from the address.
        boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
        return (bare ? "[" + host + "]" : host) + ":" + instance.getPort();
    }

    private static Optional<Peer> weighted(Peer usual, @Nullable String weight) {
        if (weight == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Peer(usual.id(), usual.address(), Integer.parseInt(weight.trim())));
        } catch (NumberFormatException | InvalidPeerException e) {
            return Optional.empty();
        }
    }

    private static @Nullable String weight(ServiceInstance instance) {
        Map<String, String> metadata = instance.getMetadata();
        return metadata == null ? null : metadata.get(WEIGHT);
    }
}
