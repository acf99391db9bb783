package io.hamster.cluster;

/** An argument or a result is larger than the cluster allows. An argument was not sent; a function whose result is too large has run. */
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
