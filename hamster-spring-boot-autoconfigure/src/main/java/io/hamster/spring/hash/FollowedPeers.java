package io.hamster.spring.hash;

import io.hamster.hash.InvalidPeerException;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The peers that a picker has from elsewhere: gives the picker the difference between what it was told and what is now.
 * Peers that the application adds itself stay as they are.
 *
 * <p>Not thread-safe: whoever follows a source tells one state of it after the other.
 */
public final class FollowedPeers {

    private final PeerPicker picker;
    private Map<String, Peer> known = Map.of();

    /**
     * Follows from no peers.
     *
     * @param picker gets the changes
     */
    public FollowedPeers(PeerPicker picker) {
        this.picker = picker;
    }

    /**
     * Makes the picker have these peers of the source and no others. What comes is added before what goes is removed, so
     * that the ring isn't empty in between, unless the ring has no place for both.
     *
     * @param now every peer of the source; the first of those with the same id counts
     * @throws InvalidPeerException if the weights ask for too many virtual nodes; nothing changes then
     */
    public void follow(Collection<Peer> now) {
        Map<String, Peer> next = new LinkedHashMap<>();
        List<Peer> changed = new ArrayList<>();
        for (Peer peer : now) {
            Peer before = known.get(peer.id());
            if (next.putIfAbsent(peer.id(), peer) == null && (before == null || !isSame(before, peer))) {
                changed.add(peer);
            }
        }
        Set<String> gone = new HashSet<>(known.keySet());
        gone.removeAll(next.keySet());
        change(changed, gone);
        known = next;
    }

    private void change(List<Peer> changed, Set<String> gone) {
        try {
            if (!changed.isEmpty()) {
                picker.addPeers(changed);
            }
        } catch (InvalidPeerException e) {
            if (gone.isEmpty()) {
                throw e;
            }
            // Tried on the side first, so that peers for which there is no place don't cost the picker those it has.
            picker.currentRing().orElseThrow(() -> e).without(gone).with(changed);
            picker.removePeers(gone);
            picker.addPeers(changed);
            return;
        }
        if (!gone.isEmpty()) {
            picker.removePeers(gone);
        }
    }

    /**
     * Whether two peers agree in everything: a peer equals another by its id alone.
     *
     * @param one a peer
     * @param other another
     * @return whether id, address and weight are the same
     */
    public static boolean isSame(Peer one, Peer other) {
        return one.equals(other)
                && one.weight() == other.weight()
                && one.address().equals(other.address());
    }
}
