package io.hamster.hash;

import io.hamster.hash.PickerStats.PeerStats;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a picker knows of a peer beyond the ring. Outlives rings; a replaced peer hands its counts on. */
final class PeerState {

    final Peer peer;
    final LongAdder picks;

    /** Requests of {@code acquire} that run there. */
    final AtomicInteger inFlight;

    /** Changed under the picker's lock only. */
    volatile boolean alive;

    /** Whether a pick has met this peer dead since it died. */
    private final AtomicBoolean failedOver = new AtomicBoolean();

    PeerState(Peer peer) {
        this.peer = peer;
        this.picks = new LongAdder();
        this.inFlight = new AtomicInteger();
        this.alive = true;
    }

    private PeerState(Peer peer, PeerState before) {
        this.peer = peer;
        this.picks = before.picks;
        this.inFlight = before.inFlight;
        this.alive = before.alive;
        this.failedOver.set(before.failedOver.get());
    }

    PeerState replacedBy(Peer changed) {
        return new PeerState(changed, this);
    }

    void changeTo(boolean nowAlive) {
        failedOver.set(false);
        alive = nowAlive;
    }

    /** True once for each time the peer died. */
    boolean firstFailover() {
        return !failedOver.get() && failedOver.compareAndSet(false, true);
    }

    PeerStats stats(double share) {
        return new PeerStats(peer, alive, share, picks.sum(), inFlight.get());
    }
}
