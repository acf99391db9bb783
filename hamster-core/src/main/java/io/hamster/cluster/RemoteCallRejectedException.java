package io.hamster.cluster;

/** A bound was reached: calls in flight here, or calls waiting for that function there. Nothing was run. */
public class RemoteCallRejectedException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message which bound, its value, and what to do
     */
    public RemoteCallRejectedException(String message) {
        super(message);
    }
}
