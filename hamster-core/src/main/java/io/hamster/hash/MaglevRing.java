package io.hamster.hash;

/** A table of owners; a key's entry is its hash modulo the table's size. */
final class MaglevRing extends HashRing {

    private static final int[] EMPTY = {};

    private final int[] table;
    private final int size;
    private final long mask;

    private MaglevRing(MaglevProfile profile, Peer[] peers, int[] table, int size) {
        super(profile, peers, inOrder(peers), counts(peers, table));
        this.table = table;
        this.size = size;
        this.mask = profile.keyFunction().bits() == Integer.SIZE ? 0xffff_ffffL : -1L;
    }

    static MaglevRing build(MaglevProfile profile, Peer[] peers, int size) {
        int[] table = PointProfile.takingTraffic(peers) == 0 ? EMPTY : MaglevTable.fill(peers, size);
        return new MaglevRing(profile, peers, table, size);
    }

    private static int[] counts(Peer[] peers, int[] table) {
        int[] counts = new int[peers.length];
        for (int owner : table) {
            counts[owner]++;
        }
        return counts;
    }

    @Override
    int ownerIndex(long hash) {
        return table[slot(hash)];
    }

    @Override
    int slot(long hash) {
        return (int) Long.remainderUnsigned(hash & mask, size);
    }

    @Override
    int ownerAt(int slot) {
        return table[slot];
    }

    @Override
    long hashAt(int slot) {
        return slot;
    }

    @Override
    double positionAt(int slot) {
        return (double) slot / size;
    }

    @Override
    double positionOf(long hash) {
        return positionAt(slot(hash));
    }

    @Override
    int slots() {
        return table.length;
    }

    @Override
    public int replicas() {
        return table.length / Math.max(1, PointProfile.takingTraffic(peers));
    }

    @Override
    double[] shares() {
        double[] shares = new double[peers.length];
        for (int owner : table) {
            shares[owner] += 1.0 / size;
        }
        return shares;
    }

    @Override
    HashRing changedTo(Peer[] newPeers) {
        return profile().ring(newPeers);
    }
}
