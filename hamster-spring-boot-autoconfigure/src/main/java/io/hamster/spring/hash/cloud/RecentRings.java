package io.hamster.spring.hash.cloud;

import io.hamster.hash.Peer;
import io.hamster.hash.RingProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.cloud.client.ServiceInstance;

/**
 * A client's latest rings. Some suppliers answer by the request, such as those for hints, retries and sticky sessions: lists
 * that alternate find their rings again. Thread-safe, without locks.
 */
final class RecentRings {

    /** Enough for some zones or hints; a ring takes memory. */
    private static final int MOST = 4;

    /** The latest first; never empty. */
    private final AtomicReference<List<InstanceRing>> rings;

    private final WeightWarnings warnings = new WeightWarnings();

    RecentRings(RingProfile profile) {
        this.rings = new AtomicReference<>(List.of(InstanceRing.empty(profile)));
    }

    /** The ring over these instances, in whatever order; of those with the same id over the first. */
    InstanceRing over(List<ServiceInstance> instances) {
        List<InstanceRing> recent = rings.get();
        // The instances themselves prove nothing: some clients change the metadata of those they gave out before.
        Map<String, Peer> peers = new LinkedHashMap<>();
        for (ServiceInstance instance : instances) {
            Peer peer = InstancePeers.peer(instance);
            peers.putIfAbsent(peer.id(), peer);
        }
        for (InstanceRing known : recent) {
            if (known.isOver(peers)) {
                InstanceRing current = known.of(instances);
                if (current != known) {
                    replace(recent, known, current);
                }
                return current;
            }
        }
        InstanceRing built = recent.get(0).changedTo(instances, peers);
        instances.forEach(warnings::warnOf);
        add(recent, built);
        return built;
    }

    /** Whoever comes second has the right ring for its own list all the same, and the first one's suits the next. */
    private void add(List<InstanceRing> recent, InstanceRing built) {
        List<InstanceRing> next = new ArrayList<>();
        next.add(built);
        next.addAll(recent.subList(0, Math.min(MOST - 1, recent.size())));
        rings.compareAndSet(recent, List.copyOf(next));
    }

    private void replace(List<InstanceRing> recent, InstanceRing known, InstanceRing current) {
        rings.compareAndSet(
                recent,
                recent.stream().map(ring -> ring == known ? current : ring).toList());
    }
}
