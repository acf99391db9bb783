package io.hamster.cluster.raft;

import org.jspecify.annotations.Nullable;

/**
 * Where this node stands in the group.
 *
 * @param kind its role
 * @param term the highest term it knows
 * @param leader the leader's name, if this node follows one
 */
record GroupRole(Kind kind, long term, @Nullable String leader) {

    enum Kind {
        /** It isn't part of a running group. */
        OUTSIDE,
        /** It orders the entries, and has applied all that came before. */
        LEADER,
        /** It follows the leader. */
        FOLLOWER,
        /** It knows of no leader, or has been elected and isn't ready yet. */
        ELECTING
    }

    static final GroupRole OUTSIDE = new GroupRole(Kind.OUTSIDE, 0, null);

    static GroupRole leading(long term) {
        return new GroupRole(Kind.LEADER, term, null);
    }

    static GroupRole following(long term, String leader) {
        return new GroupRole(Kind.FOLLOWER, term, leader);
    }

    static GroupRole electing(long term) {
        return new GroupRole(Kind.ELECTING, term, null);
    }
}
