package io.hamster.cluster;

/** There is no leader, or the cluster isn't running, and the call didn't ask to go ahead all the same. */
public class ClusterNotReadyException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message the state of the cluster, and what to do
     */
    public ClusterNotReadyException(String message) {
        super(message);
    }
}
