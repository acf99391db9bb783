package io.hamster.cluster.raft;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Tells the parts, in strict pairs and one call at a time, in which term this node orders the entries. */
final class Ordering {

    private static final long NEVER = -1;

    private final List<ReplicatedPart> parts;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long term = NEVER;

    Ordering(Collection<ReplicatedPart> parts) {
        this.parts = List.copyOf(parts);
    }

    /** The term in which this node orders the entries, or -1 if it doesn't. */
    long term() {
        return term;
    }

    boolean lasts() {
        return term != NEVER;
    }

    void begins(long next) {
        lock.lock();
        try {
            if (next > term) {
                stop();
                term = next;
                parts.forEach(part -> part.leading(true, next));
            }
        } finally {
            lock.unlock();
        }
    }

    void ends() {
        lock.lock();
        try {
            stop();
        } finally {
            lock.unlock();
        }
    }

    private void stop() {
        long ended = term;
        if (lasts()) {
            term = NEVER;
            parts.forEach(part -> part.leading(false, ended));
        }
    }
}
