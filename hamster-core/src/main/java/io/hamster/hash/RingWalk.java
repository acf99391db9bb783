package io.hamster.hash;

/** Visits the distinct peers of a ring, from a hash's owner on, in the order in which they take over. */
final class RingWalk {

    static final int END = -1;

    private final HashRing ring;
    private final boolean[] seen;
    private int slot;
    private int visited;

    RingWalk(HashRing ring, long hash) {
        this.ring = ring;
        this.seen = new boolean[ring.peers.length];
        this.slot = ring.isEmpty() ? 0 : ring.slot(hash);
    }

    /** The next peer's index, or {@link #END} after the last. */
    int next() {
        // Not until all slots were seen: the rest of the ring may be millions.
        while (visited < ring.peersOnRing()) {
            int owner = ring.ownerAt(slot);
            slot = slot + 1 == ring.slots() ? 0 : slot + 1;
            if (!seen[owner]) {
                seen[owner] = true;
                visited++;
                return owner;
            }
        }
        return END;
    }

    /** How many peers it has given so far. */
    int visited() {
        return visited;
    }
}
