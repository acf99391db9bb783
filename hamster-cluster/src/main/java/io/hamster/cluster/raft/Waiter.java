package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;

/** A request with its place in a line, due when its patience ends. */
final class Waiter extends Deadlines.Timed {

    final Line line;
    final LockToken token;
    final Session session;

    Waiter(Line line, LockToken token, Session session, long serial, long patientUntil) {
        super(serial, patientUntil);
        this.line = line;
        this.token = token;
        this.session = session;
    }
}
