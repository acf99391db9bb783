package io.hamster.spring.hash.cloud;

import io.hamster.hash.HashRing;
import io.hamster.hash.InvalidPeerException;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import io.hamster.spring.hash.FollowedPeers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

/** A client's instances and the ring over them. Immutable. */
final class InstanceRing {

    private static final Logger logger = LoggerFactory.getLogger(InstanceRing.class);

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
        List<Peer> peers = next.stream().map(InstancePeers::peer).toList();
        if (!isSame(known, peers)) {
            return over(next, peers);
        }
        // Requests go by what the instance of now says, such as its scheme, of which the ring knows nothing.
        return hasAll(next) ? this : new InstanceRing(known, byId(next), ring);
    }

    private boolean hasAll(List<ServiceInstance> next) {
        for (ServiceInstance instance : next) {
            if (instances.get(InstancePeers.id(instance)) != instance) {
                return false;
            }
        }
        return true;
    }

    /** Of those with the same id the first. */
    private static Map<String, ServiceInstance> byId(List<ServiceInstance> instances) {
        Map<String, ServiceInstance> byId = new HashMap<>();
        instances.forEach(instance -> byId.putIfAbsent(InstancePeers.id(instance), instance));
        return byId;
    }

    private InstanceRing over(List<ServiceInstance> next, List<Peer> peers) {
        Map<String, ServiceInstance> byId = new HashMap<>();
        List<Peer> distinct = new ArrayList<>();
        List<Peer> changed = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            ServiceInstance instance = next.get(i);
            if (byId.putIfAbsent(peer.id(), instance) != null) {
                continue;
            }
            distinct.add(peer);
            if (ring.peer(peer.id())
                    .filter(old -> FollowedPeers.isSame(old, peer))
                    .isEmpty()) {
                changed.add(peer);
                InstancePeers.unusableWeight(instance)
                        .ifPresent(weight -> InstancePeers.warnOfWeight(logger, instance, weight));
            }
        }
        Set<String> gone = new HashSet<>(instances.keySet());
        gone.removeAll(byId.keySet());
        return new InstanceRing(peers, Map.copyOf(byId), changed(gone, changed, distinct));
    }

    /** Weights that ask for too much are no reason to serve nobody. */
    private HashRing changed(Set<String> gone, List<Peer> changed, List<Peer> all) {
        try {
            return ring.without(gone).with(changed);
        } catch (InvalidPeerException e) {
            logger.warn("All instances get the weight {}, except those of weight 0", Peer.DEFAULT_WEIGHT, e);
            return HashRing.of(
                    ring.profile(),
                    all.stream()
                            .map(peer -> peer.weight() == 0 ? peer : new Peer(peer.id(), peer.address()))
                            .toList());
        }
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
            if (!FollowedPeers.isSame(some.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }
}
