/**
 * Consistent hashing: which peer owns a key, and who takes over while that peer is down.
 *
 * <p>{@link io.hamster.hash.HashRing} is an immutable ring: where its points lie follows from a
 * {@link io.hamster.hash.RingProfile} and the peers alone, and a change makes a new ring that shares or copies what it
 * can of the old one. {@link io.hamster.hash.PeerPicker} adds what changes: liveness, failover, counts.
 * {@link io.hamster.hash.RingPeerPicker} keeps a ring and its peers' states in one snapshot behind one volatile field;
 * picks read it once and take no lock, changes are made one at a time and published whole.
 *
 * <p>Keys are hashed by their UTF-8 bytes, so that other languages place them alike. Nothing here does I/O or starts a
 * thread; probing is in {@code io.hamster.hash.health}.
 */
@NullMarked
package io.hamster.hash;

import org.jspecify.annotations.NullMarked;
