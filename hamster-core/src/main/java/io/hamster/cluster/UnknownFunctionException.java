package io.hamster.cluster;

/** The called node has no function of that name. Nothing was run. */
public class UnknownFunctionException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message the node and the function
     */
    public UnknownFunctionException(String message) {
        super(message);
    }
}
