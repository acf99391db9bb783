package io.hamster.cluster;

/** The thread was interrupted while it waited; its interrupt flag is set again. A call that was sent may run. */
public final class ClusterInterruptedException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param what what the thread waited for
     * @param cause the interruption
     */
    public ClusterInterruptedException(String what, InterruptedException cause) {
        super("The thread was interrupted while it waited for " + what, cause);
    }
}
