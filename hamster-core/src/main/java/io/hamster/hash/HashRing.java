package io.hamster.hash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A ring of peers: tells for each key which peer owns it, and who comes next. Immutable and thread-safe; changes give a
 * new ring. The result depends on the profile and the peers only, not on the order in which they came.
 *
 * <p>A lookup takes no lock and allocates nothing beyond what the hash function does. Consistent hashing is due to
 * Karger et al., STOC 1997.
 */
public abstract sealed class HashRing permits PointRing, MaglevRing {

    /** An owner is an index into it. Another ring of the same peers may have them in another order. */
    final Peer[] peers;

    /** The indexes of the peers, in the order of their ids. */
    final int[] byId;

    /** Virtual nodes of each peer, by its index. A light peer may have none, in spite of its weight. */
    final int[] counts;

    private final RingProfile profile;
    private final HashFunction keyFunction;
    private final int peersOnRing;
    private volatile @Nullable RingBalance balance;

    HashRing(RingProfile profile, Peer[] peers, int[] byId, int[] counts) {
        this.profile = profile;
        this.keyFunction = profile.keyFunction();
        this.peers = peers;
        this.byId = byId;
        this.counts = counts;
        int onRing = 0;
        for (int count : counts) {
            onRing += count > 0 ? 1 : 0;
        }
        this.peersOnRing = onRing;
    }

    /**
     * Builds a ring.
     *
     * @param profile how to place keys and peers
     * @param peers the peers, in any order; may be empty
     * @return the ring
     * @throws InvalidPeerException if two peers have the same id, or their weights ask for too many virtual nodes
     */
    public static HashRing of(RingProfile profile, Collection<Peer> peers) {
        requireDistinct(peers);
        Peer[] sorted = peers.toArray(Peer[]::new);
        Arrays.sort(sorted, Comparator.comparing(Peer::id));
        return profile.ring(sorted);
    }

    /**
     * The ring with these peers added; a peer whose id the ring has replaces that one. With a fixed number of replicas,
     * keys move only to added peers; not quite so by some profiles, as {@link RingProfile} says.
     *
     * @param added the peers
     * @return a new ring
     * @throws InvalidPeerException if two of them have the same id, or the weights ask for too many virtual nodes
     */
    public final HashRing with(Collection<Peer> added) {
        requireDistinct(added);
        TreeMap<String, Peer> all = peersById();
        added.forEach(peer -> all.put(peer.id(), peer));
        return changedTo(all.values().toArray(Peer[]::new));
    }

    /**
     * The ring without these peers. With a fixed number of replicas, only their keys move; not quite so by some
     * profiles, as {@link RingProfile} says.
     *
     * @param ids ids of peers; those that the ring doesn't have are ignored
     * @return a new ring
     * @throws InvalidPeerException if those that are left get so many more replicas, being fewer, that their weights ask
     *     for too many virtual nodes
     */
    public final HashRing without(Collection<String> ids) {
        TreeMap<String, Peer> left = peersById();
        left.keySet().removeAll(Set.copyOf(ids));
        return changedTo(left.values().toArray(Peer[]::new));
    }

    /**
     * The peers.
     *
     * @return all of them, those of weight 0 included, sorted by id
     */
    public final List<Peer> peers() {
        return List.of(sortedPeers());
    }

    /**
     * A peer by its id.
     *
     * @param id an id
     * @return the peer, or empty if the ring doesn't have it
     */
    public final Optional<Peer> peer(String id) {
        int index = indexOf(id);
        return index < 0 ? Optional.empty() : Optional.of(peers[index]);
    }

    /**
     * How this ring places keys and peers.
     *
     * @return the profile
     */
    public final RingProfile profile() {
        return profile;
    }

    /**
     * The hash by which a key is placed, finalizer included.
     *
     * @param key any key
     * @return what {@link #ownerOf} takes
     */
    public final long hash(String key) {
        return keyFunction.hash(key);
    }

    /**
     * The peer that owns a key.
     *
     * @param key any key
     * @return its owner
     * @throws NoPeersAvailableException if the ring has no peer that takes traffic
     */
    public final Peer owner(String key) {
        return ownerOf(hash(key));
    }

    /**
     * The peer that owns the keys of a hash.
     *
     * @param hash what {@link #hash} gave
     * @return their owner
     * @throws NoPeersAvailableException if the ring has no peer that takes traffic
     */
    public final Peer ownerOf(long hash) {
        requireNotEmpty();
        return peers[ownerIndex(hash)];
    }

    /**
     * The owner of a key and the distinct peers that come after it, in the order in which they'd take over.
     *
     * @param key any key
     * @param count how many at most; 0 or more
     * @return that many distinct peers, or all that take traffic if they are fewer
     */
    public final List<Peer> owners(String key, int count) {
        List<Peer> owners = new ArrayList<>();
        RingWalk walk = new RingWalk(this, hash(key));
        while (owners.size() < count) {
            int next = walk.next();
            if (next == RingWalk.END) {
                break;
            }
            owners.add(peers[next]);
        }
        return List.copyOf(owners);
    }

    /**
     * Whether no peer takes traffic.
     *
     * @return whether there is nobody to own a key
     */
    public final boolean isEmpty() {
        return slots() == 0;
    }

    /**
     * How evenly the ring divides keys, by arithmetic, not by sampling. Computed once.
     *
     * @return the shares and what follows from them
     */
    public final RingBalance balance() {
        RingBalance current = balance;
        if (current == null) {
            // Two threads may both compute it and find the same.
            double[] shares = shares();
            current = RingBalance.of(
                    sortedPeers(),
                    IntStream.of(byId).mapToDouble(index -> shares[index]).toArray());
            balance = current;
        }
        return current;
    }

    /**
     * How many virtual nodes there are: points on the circle, or entries of a Maglev table.
     *
     * @return a count, 0 for an empty ring
     */
    public final int virtualNodes() {
        return slots();
    }

    /**
     * Every virtual node, for display: on a circle, the keys from one node's hash (exclusive) to the next one's
     * (inclusive) belong to the latter's peer.
     *
     * @return the nodes in the order of the ring; a new list of {@link #virtualNodes()} elements each time
     */
    public final List<VirtualNode> nodes() {
        List<VirtualNode> nodes = new ArrayList<>(slots());
        for (int slot = 0; slot < slots(); slot++) {
            nodes.add(new VirtualNode(peers[ownerAt(slot)], hashAt(slot), positionAt(slot)));
        }
        return nodes;
    }

    /**
     * Who owns each of a number of even slices of the circle, by the slice's middle; for display. Takes time and memory by
     * the number of slices, not of virtual nodes.
     *
     * @param count how many slices; 0 or more
     * @return that many peers, in the order of the circle
     * @throws NoPeersAvailableException if the ring has no peer that takes traffic
     */
    public final List<Peer> slices(int count) {
        requireNotEmpty();
        List<Peer> slices = new ArrayList<>(count);
        for (int slice = 0; slice < count; slice++) {
            slices.add(peers[ownerAt(slotFrom((slice + 0.5) / count))]);
        }
        return slices;
    }

    /** The first slot at or after a position; what lies after the last one is the first one's. */
    private int slotFrom(double position) {
        int low = 0;
        int high = slots();
        while (low < high) {
            int middle = low + high >>> 1;
            if (positionAt(middle) < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == slots() ? 0 : low;
    }

    /**
     * How many virtual nodes each peer has.
     *
     * @return counts by peer id, 0 for those of weight 0 and for those too light beside the others to get one
     */
    public final Map<String, Integer> virtualNodesById() {
        Map<String, Integer> nodes = new TreeMap<>();
        for (int i = 0; i < peers.length; i++) {
            nodes.put(peers[i].id(), counts[i]);
        }
        return nodes;
    }

    /**
     * The virtual node that a key falls to, for display.
     *
     * @param key any key
     * @return the node of its owner
     * @throws NoPeersAvailableException if the ring has no peer that takes traffic
     */
    public final VirtualNode nodeOf(String key) {
        requireNotEmpty();
        int slot = slot(hash(key));
        return new VirtualNode(peers[ownerAt(slot)], hashAt(slot), positionAt(slot));
    }

    /**
     * Where a key is on the circle on which {@link VirtualNode#position()} is, for display.
     *
     * @param key any key
     * @return a number from 0 to 1
     * @throws NoPeersAvailableException if the ring has no peer that takes traffic
     */
    public final double positionOf(String key) {
        requireNotEmpty();
        return positionOf(hash(key));
    }

    /**
     * Virtual nodes per peer of weight 100; where the profile derives them from all weights, per peer on average.
     *
     * @return a count
     */
    public abstract int replicas();

    /** The index of the peer that owns a hash. The ring must not be empty. */
    abstract int ownerIndex(long hash);

    /** The place of a hash in the order in which peers take over. The ring must not be empty. */
    abstract int slot(long hash);

    abstract int ownerAt(int slot);

    abstract long hashAt(int slot);

    abstract double positionAt(int slot);

    /** Where a hash is on the circle. The ring must not be empty. */
    abstract double positionOf(long hash);

    abstract int slots();

    /** Each peer's share of all hashes, 0 to 1. */
    abstract double[] shares();

    /**
     * The ring of other peers.
     *
     * @param newPeers sorted by id; the ring may have them in another order
     */
    abstract HashRing changedTo(Peer[] newPeers);

    /** How many peers have virtual nodes. */
    final int peersOnRing() {
        return peersOnRing;
    }

    /** The index of the peer with an id, or negative. */
    final int indexOf(String id) {
        int low = 0;
        int high = byId.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int order = peers[byId[middle]].id().compareTo(id);
            if (order == 0) {
                return byId[middle];
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    final void requireNotEmpty() {
        if (isEmpty()) {
            throw new NoPeersAvailableException(
                    peers.length == 0
                            ? "There are no peers; add some first"
                            : "None of the " + peers.length + " peers has a weight above 0; raise one");
        }
    }

    final Peer[] sortedPeers() {
        return IntStream.of(byId).mapToObj(index -> peers[index]).toArray(Peer[]::new);
    }

    /** The indexes of peers that are sorted by id already. */
    static int[] inOrder(Peer[] peers) {
        return IntStream.range(0, peers.length).toArray();
    }

    private TreeMap<String, Peer> peersById() {
        TreeMap<String, Peer> all = new TreeMap<>();
        for (Peer peer : peers) {
            all.put(peer.id(), peer);
        }
        return all;
    }

    private static void requireDistinct(Collection<Peer> peers) {
        Set<String> ids = new HashSet<>();
        for (Peer peer : peers) {
            if (!ids.add(peer.id())) {
                throw new InvalidPeerException(
                        "Two peers have the id '" + peer.id() + "'; nothing was added, give each an id of its own");
            }
        }
    }
}
