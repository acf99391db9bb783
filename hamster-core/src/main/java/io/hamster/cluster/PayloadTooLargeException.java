package io.hamster.cluster;

/** An argument or a result is larger than the cluster allows. The function wasn't run if it is the argument; it was if it is the result. */
public class PayloadTooLargeException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message what was too large, its size and the limit
     */
    public PayloadTooLargeException(String message) {
        super(message);
    }
}
