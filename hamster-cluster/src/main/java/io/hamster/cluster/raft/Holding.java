package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;

/** A lock that somebody holds, until its lease ends. Its serial is its fence. */
final class Holding extends Deadlines.Timed {

    final String key;
    final LockToken token;
    final String owner;
    final long acquiredAt;

    /** The highest stamp of a command that granted, confirmed or renewed it. */
    long stamp;

    Holding(String key, LockToken token, String owner, long fence, long acquiredAt, long stamp, long expiresAt) {
        super(fence, expiresAt);
        this.key = key;
        this.token = token;
        this.owner = owner;
        this.acquiredAt = acquiredAt;
        this.stamp = stamp;
    }

    long fence() {
        return serial();
    }
}
