package io.hamster.cluster;

/** The cluster, or a function or call made with it, is set up in a way that can't work. */
public class ClusterConfigurationException extends ClusterException {

    /**
     * Creates the exception.
     *
     * @param message the setting, its value, and what to do
     */
    public ClusterConfigurationException(String message) {
        super(message);
    }
}
