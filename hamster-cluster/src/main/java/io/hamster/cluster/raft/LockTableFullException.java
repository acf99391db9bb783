package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterException;

/** The cluster's lock table is at one of its limits. It is there and has answered: the request has taken no effect. */
public final class LockTableFullException extends ClusterException {

    LockTableFullException(String message) {
        super(message);
    }
}
