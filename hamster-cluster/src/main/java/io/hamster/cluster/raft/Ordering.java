package io.hamster.cluster.raft;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Tells the parts, in strict pairs and one call at a time, in which term this node orders the entries. */
final class Ordering {

    private final List<ReplicatedPart> parts;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Turn turn = Turn.NONE;

    Ordering(Collection<ReplicatedPart> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * A time of ordering the entries.
     *
     * @param term the term, or -1 if this node doesn't
     * @param since the reading of the clock at its beginning
     */
    record Turn(long term, long since) {

        private static final Turn NONE = new Turn(-1, 0);

        boolean lasts() {
            return term >= 0;
        }
    }

    Turn turn() {
        return turn;
    }

    void begins(long term, long now) {
        lock.lock();
        try {
            if (term > turn.term()) {
                stop();
                turn = new Turn(term, now);
                parts.forEach(part -> part.leading(true, term));
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
        Turn ended = turn;
        if (ended.lasts()) {
            turn = Turn.NONE;
            parts.forEach(part -> part.leading(false, ended.term()));
        }
    }
}
