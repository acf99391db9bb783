package io.hamster.cluster;

/** The function ran on the called node and failed. Its own exception stays there; its type and message are here. */
public class RemoteFunctionException extends ClusterException {

    private final String remoteType;
    private final String remoteMessage;

    /**
     * Creates the exception.
     *
     * @param node the called node
     * @param function the called function
     * @param remoteType the class name of the exception there; never loaded here
     * @param remoteMessage its message, perhaps shortened, empty if it had none
     */
    public RemoteFunctionException(String node, String function, String remoteType, String remoteMessage) {
        super("Function '" + function + "' failed on node '" + node + "': " + remoteType
                + (remoteMessage.isEmpty() ? "" : ": " + remoteMessage));
        this.remoteType = remoteType;
        this.remoteMessage = remoteMessage;
    }

    /**
     * What was thrown there.
     *
     * @return a class name, as text
     */
    public String remoteType() {
        return remoteType;
    }

    /**
     * What it said.
     *
     * @return the message, empty if it had none
     */
    public String remoteMessage() {
        return remoteMessage;
    }
}
