package io.hamster.spring.hash;

import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerHandle;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerHealth;
import io.hamster.hash.PickerStats;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Measures some of another picker's picks. */
final class MeasuredPeerPicker implements PeerPicker {

    private final PeerPicker delegate;
    private final PickSamples samples;

    MeasuredPeerPicker(PeerPicker delegate, PickSamples samples) {
        this.delegate = delegate;
        this.samples = samples;
    }

    @Override
    public Peer pickPeer(String key) {
        if (!samples.isNext()) {
            return delegate.pickPeer(key);
        }
        long begun = samples.begin();
        try {
            return delegate.pickPeer(key);
        } finally {
            samples.end(begun);
        }
    }

    @Override
    public List<Peer> pickPeers(String key, int count) {
        if (!samples.isNext()) {
            return delegate.pickPeers(key, count);
        }
        long begun = samples.begin();
        try {
            return delegate.pickPeers(key, count);
        } finally {
            samples.end(begun);
        }
    }

    @Override
    public PeerHandle acquire(String key) {
        if (!samples.isNext()) {
            return delegate.acquire(key);
        }
        long begun = samples.begin();
        try {
            return delegate.acquire(key);
        } finally {
            samples.end(begun);
        }
    }

    @Override
    public void addPeers(Collection<Peer> peers) {
        delegate.addPeers(peers);
    }

    @Override
    public void removePeers(Collection<String> ids) {
        delegate.removePeers(ids);
    }

    @Override
    public void updatePeerStatus(String id, boolean alive) {
        delegate.updatePeerStatus(id, alive);
    }

    @Override
    public List<Peer> peers() {
        return delegate.peers();
    }

    @Override
    public Optional<Peer> peer(String id) {
        return delegate.peer(id);
    }

    @Override
    public int peerCount() {
        return delegate.peerCount();
    }

    @Override
    public int alivePeerCount() {
        return delegate.alivePeerCount();
    }

    @Override
    public PickerHealth health() {
        return delegate.health();
    }

    @Override
    public Optional<HashRing> currentRing() {
        return delegate.currentRing();
    }

    @Override
    public OptionalInt maxAlternatives() {
        return delegate.maxAlternatives();
    }

    @Override
    public PickerStats stats() {
        return delegate.stats();
    }
}
