package io.hamster.spring.hash.cloud;

import io.hamster.hash.HashRing;
import io.hamster.hash.InvalidPeerException;
import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import io.hamster.spring.hash.FollowedPeers;
import java.util.ArrayList;
import java.util.Collection;
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

    /** By id, as the instances say; the ring's own may have other weights. */
    private final Map<String, Peer> known;

    private final Map<String, ServiceInstance> instances;
    private final HashRing ring;

    private InstanceRing(Map<String, Peer> known, Map<String, ServiceInstance> instances, HashRing ring) {
        this.known = known;
        this.instances = instances;
        this.ring = ring;
    }

    static InstanceRing empty(RingProfile profile) {
        return new InstanceRing(Map.of(), Map.of(), HashRing.of(profile, List.of()));
    }

    /** Whether the ring over these peers would be the same. */
    boolean isOver(Map<String, Peer> peers) {
        if (peers.size() != known.size()) {
            return false;
        }
        for (Peer peer : peers.values()) {
            Peer same = known.get(peer.id());
            if (same == null || !FollowedPeers.isSame(same, peer)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The same ring for other objects of the same instances. Requests go by what the instance of now says, such as its
     * scheme, of which the ring knows nothing.
     */
    InstanceRing of(List<ServiceInstance> now) {
        return hasAll(now) ? this : new InstanceRing(known, byId(now), ring);
    }

    private boolean hasAll(List<ServiceInstance> now) {
        for (ServiceInstance instance : now) {
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

    /** The ring over other instances, whose peers these are. */
    InstanceRing changedTo(List<ServiceInstance> next, Map<String, Peer> peers) {
        List<Peer> changed = new ArrayList<>();
        for (Peer peer : peers.values()) {
            if (ring.peer(peer.id())
                    .filter(old -> FollowedPeers.isSame(old, peer))
                    .isEmpty()) {
                changed.add(peer);
            }
        }
        Set<String> gone = new HashSet<>(known.keySet());
        gone.removeAll(peers.keySet());
        return new InstanceRing(peers, byId(next), changed(gone, changed, peers.values()));
    }

    /** Weights that ask for too much are no reason to serve nobody. */
    private HashRing changed(Set<String> gone, List<Peer> changed, Collection<Peer> all) {
        try {
            HashRing rest = gone.isEmpty() ? ring : ring.without(gone);
            return changed.isEmpty() ? rest : rest.with(changed);
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
}
