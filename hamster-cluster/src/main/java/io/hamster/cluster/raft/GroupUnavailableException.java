package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterException;
import org.jspecify.annotations.Nullable;

/** The group can't agree on anything at the moment: it has no leader, or too few of its nodes are in reach. */
public final class GroupUnavailableException extends ClusterException {

    GroupUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
