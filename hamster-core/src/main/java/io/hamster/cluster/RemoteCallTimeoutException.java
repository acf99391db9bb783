package io.hamster.cluster;

/** No answer came in time. The function may have run, may be running, or may never run. */
public class RemoteCallTimeoutException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message the node, the function and the timeout
     */
    public RemoteCallTimeoutException(String message) {
        super(message);
    }
}
