package io.hamster.spring.hash.cloud;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

/**
 * A client's instances and the ring over them. Immutable.
 *
 * <p>An instance is known by its id, else by host and port; its weight is the metadata entry {@code weight}.
 */
final class InstanceRing {

    private static final Logger logger = LoggerFactory.getLogger(InstanceRing.class);
    private static final String WEIGHT = "weight";
    private static final Pattern NUMBER = Pattern.compile("\\s*\\d+\\s*");

    private final List<Peer> known;
    private final Map<String, ServiceInstance> instances;
    private final HashRing ring;

    private InstanceRing(List<Peer> known, Map<String, ServiceInstance> instances, HashRing ring) {
        this.known = known;
        this.instances = instances;
        this.ring = ring;
    }

    static InstanceRing empty(RingProfile profile) {
        return new InstanceRing(List.of(), Map.of(), HashRing.of(profile, List.of()));
    }

    /** The ring over other instances; this one if nothing has changed. */
    InstanceRing over(List<ServiceInstance> next) {
        // The instances themselves prove nothing: some clients change the metadata of those they gave out before.
        List<Peer> peers = next.stream().map(InstanceRing::peer).toList();
        if (isSame(known, peers)) {
            return this;
        }
        Map<String, ServiceInstance> byId = new HashMap<>();
        Map<String, Peer> changed = new HashMap<>();
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            if (byId.putIfAbsent(peer.id(), next.get(i)) == null
                    && ring.peer(peer.id()).filter(old -> isSame(old, peer)).isEmpty()) {
                changed.put(peer.id(), peer);
                warnIfUnreadable(next.get(i));
            }
        }
        Set<String> gone = new HashSet<>(instances.keySet());
        gone.removeAll(byId.keySet());
        return new InstanceRing(peers, Map.copyOf(byId), ring.without(gone).with(changed.values()));
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }

    ServiceInstance owner(String key) {
        ServiceInstance owner = instances.get(ring.owner(key).id());
        if (owner == null) {
            throw new IllegalStateException("The ring knows an instance that the list doesn't");
        }
        return owner;
    }

    /** Instances that take traffic: those of weight 0 are on their way out. */
    List<ServiceInstance> candidates() {
        return ring.peers().stream()
                .filter(peer -> peer.weight() > 0)
                .map(peer -> instances.get(peer.id()))
                .filter(Objects::nonNull)
                .toList();
    }

    private static boolean isSame(List<Peer> some, List<Peer> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!isSame(some.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    // A peer equals another by its id alone.
    private static boolean isSame(Peer one, Peer other) {
        return one.equals(other)
                && one.weight() == other.weight()
                && one.address().equals(other.address());
    }

    private static Peer peer(ServiceInstance instance) {
        return new Peer(id(instance), address(instance), weight(instance));
    }

    private static String id(ServiceInstance instance) {
        String id = instance.getInstanceId();
        return id == null || id.isBlank() ? address(instance) : id;
    }

    private static String address(ServiceInstance instance) {
        return instance.getHost() + ":" + instance.getPort();
    }

    private static int weight(ServiceInstance instance) {
        String weight = weightText(instance);
        try {
            return weight == null ? Peer.DEFAULT_WEIGHT : Math.max(0, Integer.parseInt(weight.trim()));
        } catch (NumberFormatException e) {
            return Peer.DEFAULT_WEIGHT;
        }
    }

    private static @Nullable String weightText(ServiceInstance instance) {
        Map<String, String> metadata = instance.getMetadata();
        return metadata == null ? null : metadata.get(WEIGHT);
    }

    private static void warnIfUnreadable(ServiceInstance instance) {
        String weight = weightText(instance);
        if (weight != null && !NUMBER.matcher(weight).matches()) {
            logger.warn(
                    "Instance {} of {} has the weight '{}', which is no number from 0; {} is used",
                    id(instance),
                    instance.getServiceId(),
                    weight,
                    weight(instance));
        }
    }
}
