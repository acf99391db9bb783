package io.hamster.hash.health;

import io.hamster.hash.Peer;
import java.time.Duration;

/** Probes one peer. Thread-safe. */
@FunctionalInterface
public interface PeerHealthChecker {

    /**
     * Finds out whether a peer is alive. May block, and should end within the timeout and when interrupted; a probe that
     * does neither is given up, and its peer isn't probed again before it has ended.
     *
     * @param peer the peer
     * @param timeout how long to try; more than zero
     * @return whether it is alive
     * @throws Exception if it can't be reached or the answer isn't understood, which counts as not alive
     */
    boolean isAlive(Peer peer, Duration timeout) throws Exception;
}
