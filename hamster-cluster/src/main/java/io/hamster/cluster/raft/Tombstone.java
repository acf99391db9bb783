package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;

/** What is remembered of a request that has ended, for as long as commands for it may still come in. */
final class Tombstone extends Deadlines.Timed {

    final LockToken token;

    /** Until then whatever asks with the token is refused. */
    long refusedUntil;

    /** What was stamped no later than this came before the end, and is refused. */
    long stamp;

    Tombstone(LockToken token, long serial, long refusedUntil, long stamp, long dueAt) {
        super(serial, dueAt);
        this.token = token;
        this.refusedUntil = refusedUntil;
        this.stamp = stamp;
    }
}
