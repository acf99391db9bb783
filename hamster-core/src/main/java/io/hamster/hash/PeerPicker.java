package io.hamster.hash;

import io.hamster.InvalidKeyException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Picks the peer that a key belongs to: its owner by consistent hashing or, while that is dead, the next one that is
 * alive. Thread-safe. Keys are 1 to 500 characters.
 */
public interface PeerPicker {

    /** The most characters a key may have. */
    int MAX_KEY_LENGTH = 500;

    /**
     * Picks the peer for a key.
     *
     * @param key 1 to 500 characters
     * @return the owner, or while it is dead the first alive of its alternatives
     * @throws InvalidKeyException if the key is null, empty or too long
     * @throws NoPeersAvailableException if there is no peer that takes traffic, or the owner and every alternative are
     *     dead
     */
    Peer pickPeer(String key);

    /**
     * Picks several peers for a key, for replicas. Dead ones are made up for by the next, however many they are.
     *
     * @param key 1 to 500 characters
     * @param count how many; 0 or more
     * @return that many distinct alive peers in the order in which they take over, or all that are alive if they are
     *     fewer; the first is what {@link #pickPeer} gives, if it gives one
     * @throws InvalidKeyException if the key is null, empty or too long
     * @throws NoPeersAvailableException if no peer that takes traffic is alive
     * @throws IllegalArgumentException if the count is negative
     */
    List<Peer> pickPeers(String key, int count);

    /**
     * Picks the peer for a key and counts the request as running there until the handle is closed. With a load factor,
     * a peer with more than its part of all running requests is passed over. Use with try-with-resources.
     *
     * @param key 1 to 500 characters
     * @return the peer, to be closed
     * @throws InvalidKeyException if the key is null, empty or too long
     * @throws NoPeersAvailableException as {@link #pickPeer}
     */
    PeerHandle acquire(String key);

    /**
     * Adds peers, alive. A peer whose id is there already replaces that one and keeps its status and counts.
     *
     * @param peers the peers
     * @throws InvalidPeerException if two of them have the same id; nothing is added then
     */
    void addPeers(Collection<Peer> peers);

    /**
     * Adds peers, alive.
     *
     * @param peers the peers
     * @throws InvalidPeerException if two of them have the same id; nothing is added then
     * @see #addPeers(Collection)
     */
    default void addPeers(Peer... peers) {
        addPeers(Arrays.asList(peers));
    }

    /**
     * Removes peers.
     *
     * @param ids ids of peers; those that aren't there are ignored
     * @throws InvalidPeerException if those that are left can't be placed: with replicas that follow the number of peers,
     *     heavy ones may ask for too many virtual nodes; nothing is removed then
     */
    void removePeers(Collection<String> ids);

    /**
     * Removes peers.
     *
     * @param ids ids of peers; those that aren't there are ignored
     */
    default void removePeers(String... ids) {
        removePeers(Arrays.asList(ids));
    }

    /**
     * All peers.
     *
     * @return dead and alive, sorted by id
     */
    List<Peer> peers();

    /**
     * A peer by its id.
     *
     * @param id an id
     * @return the peer, or empty if there is none
     */
    Optional<Peer> peer(String id);

    /**
     * How many peers there are.
     *
     * @return dead and alive
     */
    int peerCount();

    /**
     * How many peers are alive.
     *
     * @return a count
     */
    int alivePeerCount();

    /**
     * Declares a peer dead or alive. A dead peer's keys go to the next peers and come back to it when it is alive.
     *
     * @param id its id
     * @param alive whether it is alive
     * @throws UnknownPeerException if there is no such peer
     */
    void updatePeerStatus(String id, boolean alive);

    /**
     * Whether enough peers are alive.
     *
     * @return the present health
     */
    PickerHealth health();

    /**
     * The ring by which this picks, for display. Reading it counts as no pick.
     *
     * @return the present ring, or empty for a picker that has none in this JVM
     */
    default Optional<HashRing> currentRing() {
        return Optional.empty();
    }

    /**
     * How many peers after a dead owner {@link #pickPeer} tries, in the order of the {@link #currentRing() ring}; for
     * display.
     *
     * @return a count, or empty for a picker that goes by other rules or doesn't say
     */
    default OptionalInt maxAlternatives() {
        return OptionalInt.empty();
    }

    /**
     * What this picker did and how evenly it divides keys.
     *
     * @return the present counts
     */
    PickerStats stats();
}
