package io.hamster.cluster;

/** A call names a node that isn't in the cluster. Nothing was sent. */
public class UnknownNodeException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message the name, and those that are known
     */
    public UnknownNodeException(String message) {
        super(message);
    }
}
