package io.hamster.hash;

import io.hamster.InvalidKeyException;
import io.hamster.Keys;
import io.hamster.hash.PickerStats.PeerStats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Picks peers by a {@link HashRing} in this JVM. A pick takes no lock and allocates nothing beyond what the hash
 * function does, unless the owner is dead.
 */
public final class RingPeerPicker implements PeerPicker {

    private static final Logger LOG = LoggerFactory.getLogger(RingPeerPicker.class);

    private static final int MAX_LISTED = 20;

    private final int maxAlternatives;
    private final int minAlivePeers;
    private final LoadBound loadBound;
    private final PickerListener listener;
    private final ChangeTeller teller = new ChangeTeller();
    private final ReentrantLock changes = new ReentrantLock();
    private final LongAdder failovers = new LongAdder();
    private final LongAdder redirectedPicks = new LongAdder();

    /** Picks of peers that were removed. Added to after the snapshot without them is published, and read before it. */
    private final AtomicLong retiredPicks = new AtomicLong();

    private volatile Snapshot snapshot;

    RingPeerPicker(RingPeerPickerBuilder builder) {
        this.maxAlternatives = builder.maxAlternatives;
        this.minAlivePeers = builder.minAlivePeers;
        this.loadBound = new LoadBound(builder.loadFactor);
        this.listener = builder.listener;
        this.snapshot = Snapshot.of(HashRing.of(builder.profile, builder.peers), null);
        warnOfKeyless(snapshot, null);
    }

    /**
     * A builder with every setting at its default and no peers.
     *
     * @return a new builder
     */
    public static RingPeerPickerBuilder builder() {
        return new RingPeerPickerBuilder();
    }

    @Override
    public Peer pickPeer(String key) {
        requireValid(key);
        Snapshot current = snapshot;
        HashRing ring = current.ring;
        ring.requireNotEmpty();
        long hash = ring.hash(key);
        int owner = ring.ownerIndex(hash);
        PeerState picked = current.states[owner];
        if (picked.alive) {
            current.picks[owner].increment();
            return picked.peer;
        }
        PeerState alternative = alternative(current, hash, picked);
        alternative.picks.increment();
        return alternative.peer;
    }

    @Override
    public List<Peer> pickPeers(String key, int count) {
        requireValid(key);
        if (count < 0) {
            throw new IllegalArgumentException("The number of peers to pick must be 0 or more, but was " + count);
        }
        Snapshot current = snapshot;
        current.ring.requireNotEmpty();
        List<Peer> picked = new ArrayList<>();
        long hash = current.ring.hash(key);
        PeerState owner = current.states[current.ring.ownerIndex(hash)];
        RingWalk walk = new RingWalk(current.ring, hash);
        for (int next = walk.next(); next != RingWalk.END && picked.size() < count; next = walk.next()) {
            PeerState state = current.states[next];
            if (state.alive) {
                if (picked.isEmpty()) {
                    unlessOwner(owner, state);
                }
                state.picks.increment();
                picked.add(state.peer);
            }
        }
        if (picked.isEmpty() && count > 0) {
            throw nobodyAlive(current, walk.visited());
        }
        return List.copyOf(picked);
    }

    @Override
    public PeerHandle acquire(String key) {
        requireValid(key);
        Snapshot current = snapshot;
        current.ring.requireNotEmpty();
        long hash = current.ring.hash(key);
        PeerState owner = current.states[current.ring.ownerIndex(hash)];
        RingWalk walk = new RingWalk(current.ring, hash);
        PeerState picked = loadBound.reserve(current.states, current.ring.counts, walk, 1 + maxAlternatives);
        if (picked == null) {
            throw nobodyAlive(current, walk.visited());
        }
        unlessOwner(owner, picked);
        picked.picks.increment();
        return new PeerHandle(picked.peer, () -> loadBound.release(picked));
    }

    @Override
    public void addPeers(Collection<Peer> peers) {
        change(ring -> ring.with(peers));
    }

    @Override
    public void removePeers(Collection<String> ids) {
        change(ring -> ring.without(ids));
    }

    @Override
    public List<Peer> peers() {
        return snapshot.ring.peers();
    }

    @Override
    public Optional<Peer> peer(String id) {
        return snapshot.ring.peer(id);
    }

    @Override
    public int peerCount() {
        return snapshot.states.length;
    }

    @Override
    public int alivePeerCount() {
        int alive = 0;
        for (PeerState state : snapshot.states) {
            alive += state.alive ? 1 : 0;
        }
        return alive;
    }

    @Override
    public void updatePeerStatus(String id, boolean alive) {
        changes.lock();
        try {
            PeerState state = snapshot.state(id).orElseThrow(() -> new UnknownPeerException(id));
            if (state.alive != alive) {
                state.changeTo(alive);
                teller.add(() -> statusChanged(state.peer, alive));
            }
        } finally {
            changes.unlock();
        }
        teller.tell();
    }

    private void statusChanged(Peer peer, boolean alive) {
        if (alive) {
            LOG.info("Peer {} is alive again: its keys come back to it", peer.id());
        } else {
            LOG.warn("Peer {} is dead: its keys go to the next peers", peer.id());
        }
        tell(told -> told.statusChanged(peer, alive));
    }

    @Override
    public PickerHealth health() {
        Snapshot current = snapshot;
        return PickerHealth.of(current.takingTraffic(), current.states.length, minAlivePeers);
    }

    @Override
    public Optional<HashRing> currentRing() {
        return Optional.of(snapshot.ring);
    }

    @Override
    public OptionalInt maxAlternatives() {
        return OptionalInt.of(maxAlternatives);
    }

    @Override
    public PickerStats stats() {
        long picks = retiredPicks.get();
        Snapshot current = snapshot;
        RingBalance balance = current.ring.balance();
        List<PeerStats> perPeer = new ArrayList<>();
        int alive = 0;
        for (int index : current.ring.byId) {
            PeerState state = current.states[index];
            PeerStats stats = state.stats(balance.shares().getOrDefault(state.peer.id(), 0.0));
            alive += stats.alive() ? 1 : 0;
            picks += stats.picks();
            perPeer.add(stats);
        }
        return new PickerStats(
                current.states.length,
                alive,
                current.ring.virtualNodes(),
                current.ring.replicas(),
                List.copyOf(perPeer),
                balance.imbalance(),
                balance.loadBalance(),
                balance.peakToMean(),
                picks,
                failovers.sum(),
                redirectedPicks.sum());
    }

    private PeerState alternative(Snapshot current, long hash, PeerState owner) {
        RingWalk walk = new RingWalk(current.ring, hash);
        walk.next();
        int tried = 0;
        while (tried < maxAlternatives) {
            int next = walk.next();
            if (next == RingWalk.END) {
                break;
            }
            tried++;
            PeerState candidate = current.states[next];
            if (candidate.alive) {
                redirected(owner, candidate);
                return candidate;
            }
        }
        throw nobodyAlive(current, tried + 1);
    }

    /** An owner that is alive but runs its part already isn't a dead one. */
    private void unlessOwner(PeerState owner, PeerState picked) {
        if (picked != owner && !owner.alive) {
            redirected(owner, picked);
        }
    }

    private void redirected(PeerState owner, PeerState alternative) {
        redirectedPicks.increment();
        if (owner.firstFailover()) {
            failovers.increment();
            teller.add(() -> failedOver(owner.peer, alternative.peer));
            teller.tell();
        }
    }

    private void failedOver(Peer owner, Peer alternative) {
        LOG.info("Picks of dead peer {} fail over, the first to {}", owner.id(), alternative.id());
        tell(told -> told.failedOver(owner, alternative));
    }

    private void change(UnaryOperator<HashRing> change) {
        Snapshot before;
        Snapshot after;
        changes.lock();
        try {
            before = snapshot;
            after = Snapshot.of(change.apply(before.ring), before);
            snapshot = after;
            for (PeerState state : before.states) {
                if (after.state(state.peer.id()).isEmpty()) {
                    retiredPicks.addAndGet(state.picks.sum());
                }
            }
        } finally {
            changes.unlock();
        }
        warnOfKeyless(after, before);
    }

    /** Of those that weren't so before: once for each time that a peer gets too light for the ring. */
    private static void warnOfKeyless(Snapshot after, @Nullable Snapshot before) {
        List<String> keyless = new ArrayList<>();
        for (int index : after.ring.byId) {
            String id = after.states[index].peer.id();
            if (after.isKeyless(index) && (before == null || !before.isKeyless(before.ring.indexOf(id)))) {
                keyless.add(id);
            }
        }
        if (!keyless.isEmpty()) {
            LOG.warn(
                    "{} peers of the {} ring have a weight but get no keys, since they are too light beside the others"
                            + " to have a virtual node: {}. Raise their weights, or the size of the ring",
                    keyless.size(),
                    after.ring.profile(),
                    keyless.subList(0, Math.min(MAX_LISTED, keyless.size())));
        }
    }

    private void tell(Consumer<PickerListener> event) {
        try {
            event.accept(listener);
        } catch (Throwable e) {
            LOG.warn("A listener of the peer picker failed", e);
        }
    }

    private static NoPeersAvailableException nobodyAlive(Snapshot current, int tried) {
        boolean others = tried < current.ring.peersOnRing();
        return new NoPeersAvailableException("None of the " + tried + " peers tried for the key is alive; "
                + current.takingTraffic() + " of all " + current.states.length + " are alive and take traffic."
                + " Check the peers" + (others ? ", or raise the number of alternatives" : ""));
    }

    static void requireValid(@Nullable String key) {
        if (key == null || key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
            Keys.requireCharacters("Hash key", key, MAX_KEY_LENGTH, InvalidKeyException::new);
        }
    }

    /** A ring and its peers' states, by the ring's indexes; and their counts again, one step nearer to a pick. */
    private record Snapshot(HashRing ring, PeerState[] states, LongAdder[] picks) {

        static Snapshot of(HashRing ring, @Nullable Snapshot before) {
            PeerState[] states = new PeerState[ring.peers.length];
            LongAdder[] picks = new LongAdder[states.length];
            for (int i = 0; i < states.length; i++) {
                Peer peer = ring.peers[i];
                Optional<PeerState> old = before == null ? Optional.empty() : before.state(peer.id());
                states[i] = old.map(state -> state.peer == peer ? state : state.replacedBy(peer))
                        .orElseGet(() -> new PeerState(peer));
                picks[i] = states[i].picks;
            }
            return new Snapshot(ring, states, picks);
        }

        /** Decided by virtual nodes, not by weight: no pick ever finds a peer without them. */
        int takingTraffic() {
            int taking = 0;
            for (int i = 0; i < states.length; i++) {
                taking += states[i].alive && ring.counts[i] > 0 ? 1 : 0;
            }
            return taking;
        }

        /** Whether a peer has a weight and yet no virtual node; false for the index of none. */
        boolean isKeyless(int index) {
            return index >= 0 && ring.counts[index] == 0 && ring.peers[index].weight() > 0;
        }

        Optional<PeerState> state(String id) {
            int index = ring.indexOf(id);
            return index < 0 ? Optional.empty() : Optional.of(states[index]);
        }
    }
}
