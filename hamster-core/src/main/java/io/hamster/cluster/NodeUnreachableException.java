package io.hamster.cluster;

import org.jspecify.annotations.Nullable;

/** The called node is lost, or was lost while the call was under way: then the function may have run. */
public class NodeUnreachableException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message the node, and whether the call had been sent
     * @param cause the transport's failure, or {@code null}
     */
    public NodeUnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
