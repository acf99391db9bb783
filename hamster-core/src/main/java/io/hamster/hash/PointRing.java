package io.hamster.hash;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A circle of points: a key belongs to the first point at or after its hash, past the last one to the first. */
final class PointRing extends HashRing {

    private static final int NONE = -1;

    private final PointProfile profile;
    private final PointList list;
    private final @Nullable ResolveTable table;

    /** Left-aligns a hash to 64 bits, so that 32-bit and 64-bit rings are searched alike. */
    private final int alignment;

    private PointRing(
            PointProfile profile,
            Peer[] peers,
            int[] byId,
            int[] counts,
            PointList list,
            @Nullable ResolveTable table) {
        super(profile, peers, byId, counts);
        this.profile = profile;
        this.list = list;
        this.table = table;
        this.alignment = alignment(profile);
    }

    /** Of peers that are sorted by id. */
    private static PointRing of(PointProfile profile, Peer[] peers, int[] counts, PointList list) {
        ResolveTable table = list.size() == 0 ? null : new ResolveTable(list);
        return new PointRing(profile, peers, inOrder(peers), counts, list, table);
    }

    static PointRing build(PointProfile profile, Peer[] peers) {
        int[] counts = profile.pointCounts(peers);
        return of(profile, peers, counts, merged(profile, peers, counts, 0, peers.length));
    }

    @Override
    HashRing changedTo(Peer[] newPeers) {
        int[] newCounts = profile.pointCounts(newPeers);
        int[] staying = staying(newPeers, newCounts);
        if (table != null
                && IntStream.of(staying).filter(index -> index != NONE).count() == peers.length) {
            return grown(table, newPeers, newCounts, staying);
        }
        int[] newOwner = new int[peers.length];
        Arrays.fill(newOwner, PointList.GONE);
        int[] missing = newCounts.clone();
        for (int i = 0; i < newPeers.length; i++) {
            if (staying[i] != NONE) {
                newOwner[staying[i]] = i;
                missing[i] = 0;
            }
        }
        PointList kept = list.reowned(newOwner);
        PointList added = merged(profile, newPeers, missing, 0, newPeers.length);
        return of(profile, newPeers, newCounts, kept.merge(added, precedence(profile, newPeers)));
    }

    /** For each of the peers, which are sorted by id, the index that it has here with the same points, or none. */
    private int[] staying(Peer[] newPeers, int[] newCounts) {
        int[] staying = new int[newPeers.length];
        int next = 0;
        for (int i = 0; i < newPeers.length; i++) {
            while (next < peers.length && peers[byId[next]].id().compareTo(newPeers[i].id()) < 0) {
                next++;
            }
            // A peer's points follow from its id and their number, so the same number means the same points.
            boolean stays =
                    next < peers.length && peers[byId[next]].equals(newPeers[i]) && counts[byId[next]] == newCounts[i];
            staying[i] = stays ? byId[next] : NONE;
        }
        return staying;
    }

    /** All stay, at the indexes that they have, so that everything known of them can be copied; others come after them. */
    private PointRing grown(ResolveTable current, Peer[] newPeers, int[] newCounts, int[] staying) {
        Peer[] all = new Peer[newPeers.length];
        int[] allById = new int[newPeers.length];
        int[] allCounts = new int[newPeers.length];
        int next = peers.length;
        for (int i = 0; i < newPeers.length; i++) {
            int index = staying[i] != NONE ? staying[i] : next++;
            // Also of one that stays: it may have another address.
            all[index] = newPeers[i];
            allById[i] = index;
            allCounts[index] = newCounts[i];
        }
        PointList added = merged(profile, all, allCounts, peers.length, all.length);
        PointList merged = list.merge(added, precedence(profile, all));
        return new PointRing(profile, all, allById, allCounts, merged, current.with(merged, added));
    }

    @Override
    int ownerIndex(long hash) {
        return nonEmpty().owner(hash << alignment);
    }

    @Override
    int slot(long hash) {
        return nonEmpty().point(hash << alignment);
    }

    @Override
    int ownerAt(int slot) {
        return list.owners()[slot];
    }

    @Override
    long hashAt(int slot) {
        return (list.points()[slot] ^ Long.MIN_VALUE) >>> alignment;
    }

    @Override
    double positionAt(int slot) {
        return fraction(list.points()[slot] ^ Long.MIN_VALUE);
    }

    @Override
    double positionOf(long hash) {
        return fraction(hash << alignment);
    }

    @Override
    int slots() {
        return list.size();
    }

    @Override
    public int replicas() {
        return profile.replicas(sortedPeers());
    }

    /** Arc lengths are summed in 128 bits, since a peer may own the whole circle of 2^64 hashes. */
    @Override
    double[] shares() {
        long[] low = new long[peers.length];
        long[] high = new long[peers.length];
        int size = list.size();
        for (int i = 0; i < size; i++) {
            int owner = list.owners()[i];
            long arc = list.points()[i] - list.points()[i == 0 ? size - 1 : i - 1];
            low[owner] += arc;
            high[owner] += Long.compareUnsigned(low[owner], arc) < 0 ? 1 : 0;
        }
        if (size > 0 && list.points()[0] == list.points()[size - 1]) {
            high[list.owners()[0]] = 1;
        }
        double[] shares = new double[peers.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = high[i] + fraction(low[i]);
        }
        return shares;
    }

    /** An unsigned number over 2^64. */
    private static double fraction(long unsigned) {
        return (unsigned >>> 1) * 0x1p-63 + (unsigned & 1) * 0x1p-64;
    }

    private ResolveTable nonEmpty() {
        if (table == null) {
            throw new IllegalStateException("The ring is empty");
        }
        return table;
    }

    private static int alignment(PointProfile profile) {
        return Long.SIZE - profile.keyFunction().bits();
    }

    /** The points of peers from one index to another. Merging halves keeps the number of passes logarithmic. */
    private static PointList merged(PointProfile profile, Peer[] peers, int[] counts, int from, int to) {
        if (to - from <= 1) {
            return from == to || counts[from] == 0 ? PointList.EMPTY : ofPeer(profile, peers[from], counts[from], from);
        }
        int middle = from + to >>> 1;
        return merged(profile, peers, counts, from, middle)
                .merge(merged(profile, peers, counts, middle, to), precedence(profile, peers));
    }

    private static PointList.Precedence precedence(PointProfile profile, Peer[] peers) {
        return (owner, other) -> peers[owner].id().compareTo(peers[other].id()) < 0 == profile.smallerIdWins();
    }

    private static PointList ofPeer(PointProfile profile, Peer peer, int count, int owner) {
        long[] aligned = profile.points(peer, count);
        int alignment = alignment(profile);
        for (int i = 0; i < count; i++) {
            aligned[i] <<= alignment;
        }
        return PointList.ofPeer(aligned, owner);
    }
}
