package io.hamster.spring.hash;

import io.hamster.InvalidKeyException;
import io.hamster.Keys;
import io.hamster.hash.HashRing;
import io.hamster.hash.NoPeersAvailableException;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerStats;
import io.hamster.hash.PickerStats.PeerStats;
import io.hamster.hash.UnknownPeerException;
import io.hamster.hash.VirtualNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Shows the ring and, for a key, who owns it and who comes next. Looking counts as no pick, and keys are not repeated in
 * the answer. Where unrestricted access is allowed, it declares peers dead or alive too.
 */
@WebEndpoint(id = "hamsterring", defaultAccess = Access.READ_ONLY)
final class RingEndpoint {

    /** Of a picker that doesn't say whom it tries: as many as are usual, to show the ring's order. */
    private static final int SHOWN_ALTERNATIVES = 5;

    private final PeerPicker picker;

    RingEndpoint(PeerPicker picker) {
        this.picker = picker;
    }

    /**
     * The ring as it is.
     *
     * @param profile how keys and peers are placed; {@code null} for a picker without a ring in this JVM
     * @param peerCount how many peers there are, those that aren't listed included
     * @param circle the ring for drawing; {@code null} if it wasn't asked for or there is none
     */
    record Ring(
            @Nullable String profile,
            int replicas,
            int virtualNodes,
            int alive,
            double imbalance,
            double loadBalance,
            double peakToMean,
            long picks,
            long failovers,
            int peerCount,
            List<RingPeer> peers,
            @Nullable RingCircle circle) {}

    /** A peer; of the ring it has the share while every peer is alive. */
    record RingPeer(String id, String address, int weight, boolean alive, int virtualNodes, double share, long picks) {}

    /**
     * A key's place.
     *
     * @param servedBy the first that is alive of the owner and the alternatives; {@code null} if none is, or if the
     *     picker doesn't say how many it tries
     */
    record Place(
            Candidate owner, @Nullable String servedBy, Point point, List<Candidate> alternatives, String message) {}

    record Candidate(String id, boolean alive) {}

    /**
     * The virtual node that a key falls to.
     *
     * @param keyHash where the key is, as an unsigned number
     * @param keyPosition where the key is on a circle from 0 to 1
     * @param hash where the node is, as an unsigned number
     * @param position where the node is on a circle from 0 to 1
     */
    record Point(String keyHash, double keyPosition, String hash, double position) {}

    record Problem(String error) {}

    /**
     * The ring, or a key's place on it.
     *
     * @param key the key, for its place
     * @param limit the most peers to list, the dead ones first; all of them by id if {@code null}
     * @param slices into how many slices the circle is cut for drawing; it isn't drawn if {@code null}
     */
    @ReadOperation
    WebEndpointResponse<Object> ring(@Nullable String key, @Nullable Integer limit, @Nullable Integer slices) {
        requireInRange("limit", limit, Integer.MAX_VALUE);
        requireInRange("slices", slices, RingCircle.MOST_SLICES);
        try {
            return new WebEndpointResponse<>(key == null ? ring(limit, slices) : place(key));
        } catch (InvalidKeyException e) {
            return problem(e, WebEndpointResponse.STATUS_BAD_REQUEST);
        } catch (NoPeersAvailableException e) {
            return problem(e, WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }

    /** Declares a peer dead or alive to this instance, until somebody or something else declares it otherwise. */
    @WriteOperation
    WebEndpointResponse<Object> updateStatus(String peer, boolean alive) {
        try {
            picker.updatePeerStatus(peer, alive);
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
        } catch (UnknownPeerException e) {
            return problem(e, WebEndpointResponse.STATUS_NOT_FOUND);
        }
    }

    private static WebEndpointResponse<Object> problem(RuntimeException error, int status) {
        return new WebEndpointResponse<>(new Problem(String.valueOf(error.getMessage())), status);
    }

    private static void requireInRange(String name, @Nullable Integer value, int most) {
        if (value != null && (value < 1 || value > most)) {
            String problem = name + " is " + value + ", which is out of range; give 1 to " + most;
            throw new InvalidEndpointRequestException(problem, problem);
        }
    }

    private Ring ring(@Nullable Integer limit, @Nullable Integer slices) {
        PickerStats stats = picker.stats();
        Optional<HashRing> ring = picker.currentRing();
        Map<String, Integer> virtualNodes = ring.map(HashRing::virtualNodesById).orElse(Map.of());
        return new Ring(
                ring.map(known -> known.profile().name()).orElse(null),
                stats.replicas(),
                stats.virtualNodes(),
                stats.alive(),
                stats.imbalance(),
                stats.loadBalance(),
                stats.peakToMean(),
                stats.picks(),
                stats.failovers(),
                stats.peers(),
                listed(stats.perPeer(), limit)
                        .map(peer ->
                                peer(peer, virtualNodes.getOrDefault(peer.peer().id(), 0)))
                        .toList(),
                slices == null
                        ? null
                        : ring.map(known -> RingCircle.of(known, slices)).orElse(null));
    }

    private static Stream<PeerStats> listed(List<PeerStats> peers, @Nullable Integer limit) {
        return limit == null
                ? peers.stream()
                : peers.stream().sorted(Comparator.comparing(PeerStats::alive)).limit(limit);
    }

    private static RingPeer peer(PeerStats stats, int virtualNodes) {
        Peer peer = stats.peer();
        return new RingPeer(
                peer.id(), peer.address(), peer.weight(), stats.alive(), virtualNodes, stats.share(), stats.picks());
    }

    private Place place(String key) {
        Keys.requireCharacters("Hash key", key, PeerPicker.MAX_KEY_LENGTH, InvalidKeyException::new);
        HashRing ring = picker.currentRing()
                .orElseThrow(() -> new NoPeersAvailableException("The peer picker has no ring in this JVM"));
        VirtualNode node = ring.nodeOf(key);
        Map<String, Boolean> alive = picker.stats().perPeer().stream()
                .collect(Collectors.toMap(peer -> peer.peer().id(), PeerStats::alive));
        OptionalInt tried = picker.maxAlternatives();
        List<Candidate> candidates = ring.owners(key, 1 + tried.orElse(SHOWN_ALTERNATIVES)).stream()
                .map(peer -> new Candidate(peer.id(), alive.getOrDefault(peer.id(), false)))
                .toList();
        String servedBy = tried.isEmpty() ? null : firstAlive(candidates);
        Candidate owner = candidates.get(0);
        return new Place(
                owner,
                servedBy,
                new Point(
                        Long.toUnsignedString(ring.hash(key)),
                        ring.positionOf(key),
                        Long.toUnsignedString(node.hash()),
                        node.position()),
                candidates.subList(1, candidates.size()),
                tried.isEmpty()
                        ? "The peer picker goes by rules of its own: this is the ring's order"
                        : message(owner, servedBy));
    }

    private static @Nullable String firstAlive(List<Candidate> candidates) {
        return candidates.stream()
                .filter(Candidate::alive)
                .map(Candidate::id)
                .findFirst()
                .orElse(null);
    }

    private static String message(Candidate owner, @Nullable String servedBy) {
        if (owner.alive()) {
            return "The owner is alive and serves the key";
        }
        return servedBy == null
                ? "The owner and its alternatives are dead: nobody serves the key"
                : "The owner is dead: " + servedBy + " serves the key until it is back";
    }
}
