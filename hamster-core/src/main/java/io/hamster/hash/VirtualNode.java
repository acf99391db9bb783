package io.hamster.hash;

/**
 * One of a peer's places on a ring.
 *
 * @param peer the peer
 * @param hash the greatest hash it owns, as an unsigned number of the hash function's bits; with Maglev, the entry's
 *     index
 * @param position the place on a circle from 0 to 1, for drawing
 */
public record VirtualNode(Peer peer, long hash, double position) {}
