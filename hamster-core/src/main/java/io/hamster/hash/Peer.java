package io.hamster.hash;

import java.nio.charset.StandardCharsets;

/**
 * A node that keys may be routed to. Immutable; two peers are equal when their ids are. Whether a peer is alive isn't
 * part of it: a {@link PeerPicker} knows that.
 *
 * @param id what identifies the peer and decides its place on the ring; not blank, and without halves of
 *     surrogate pairs, in which no two differ by their UTF-8. To agree with another system's ring, use the id by which
 *     that system knows the peer, {@code host:port} with libketama and Envoy
 * @param address where the peer is reached, in the form its users and the health checker expect: {@code host:port};
 *     not blank
 * @param weight its share relative to the other peers, 0 to 1,000,000; 100 is the usual, 0 gets no traffic
 */
public record Peer(String id, String address, int weight) {

    /** The weight of a peer whose weight isn't given. */
    public static final int DEFAULT_WEIGHT = 100;

    private static final int MAX_WEIGHT = 1_000_000;

    /**
     * Checks the peer.
     *
     * @param id what identifies the peer
     * @param address where the peer is reached
     * @param weight its share relative to the other peers
     * @throws InvalidPeerException if the id or address is blank, the id has half of a character, or the weight is out
     *     of range
     */
    public Peer {
        if (id == null || id.isBlank()) {
            throw new InvalidPeerException("Peer id is blank (address '" + address + "'); give each peer an id");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
            throw new InvalidPeerException("Peer id '" + id + "' (address '" + address
                    + "') has half of a character; don't cut texts inside of a character");
        }
        if (address == null || address.isBlank()) {
            throw new InvalidPeerException("Peer '" + id + "' has a blank address; give it as host:port");
        }
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new InvalidPeerException(
                    "Peer '" + id + "' has weight " + weight + "; it must be from 0 to " + MAX_WEIGHT);
        }
    }

    /**
     * Creates a peer of weight 100.
     *
     * @param id what identifies the peer; not blank
     * @param address where it is reached; not blank
     */
    public Peer(String id, String address) {
        this(id, address, DEFAULT_WEIGHT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Peer that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }
}
