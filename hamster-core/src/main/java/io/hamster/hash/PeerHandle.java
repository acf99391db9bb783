package io.hamster.hash;

import java.util.concurrent.atomic.AtomicBoolean;

/** A picked peer on which a request counts as running until this is closed. Thread-safe; closing twice is harmless. */
public final class PeerHandle implements AutoCloseable {

    private final Peer peer;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    PeerHandle(Peer peer, Runnable release) {
        this.peer = peer;
        this.release = release;
    }

    /**
     * The peer that was picked.
     *
     * @return the peer
     */
    public Peer peer() {
        return peer;
    }

    /** Tells that the request has ended. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
