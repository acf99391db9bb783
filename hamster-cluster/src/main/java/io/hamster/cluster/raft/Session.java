package io.hamster.cluster.raft;

import java.util.LinkedHashSet;
import java.util.Set;

/** A process of which somebody waits, due when it counts as dead because nothing was heard of it. */
final class Session extends Deadlines.Timed {

    final long id;
    final String node;
    final Set<Waiter> waiters = new LinkedHashSet<>();

    Session(long id, String node, long serial, long deadAt) {
        super(serial, deadAt);
        this.id = id;
        this.node = node;
    }
}
