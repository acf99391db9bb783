package io.hamster.cluster.raft;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Messages between nodes, by the nodes' names and by topic, all on the same connections. Unordered, so that a slow one
 * delays no other; but commands to the log, and what is told to all of caches, arrive in the order in which one node sent
 * them. Thread-safe; no method blocks.
 */
interface Messenger {

    /**
     * Sends a message and hands back the answer.
     *
     * @return fails with {@link io.hamster.cluster.NodeUnreachableException} as soon as the node is known to be lost;
     *     needn't complete after the timeout
     */
    CompletionStage<byte[]> request(String node, Topic topic, byte[] message, Duration timeout);

    /** Sends a message to one node; it may get lost. A node may send to itself. */
    void tell(String node, Topic topic, byte[] message);

    /** Sends a message to every node in reach but this one; it may get lost for any of them. */
    void tellAll(Topic topic, byte[] message);

    /** Says who takes a topic's messages; once for each topic, before the start. */
    void handle(Topic topic, Handler handler);

    /**
     * Adds somebody who is told when the members in reach changed, and messages may have been lost therefore: after each
     * view and merge. Called one at a time; never blocks.
     */
    void onDisruption(Runnable listener);

    /** Takes messages. Never blocks and never throws. */
    @FunctionalInterface
    interface Handler {

        /**
         * A message came in.
         *
         * @param from the sender's name
         * @return the answer to a request, always completed normally; whatever is returned for a message that was told is
         *     dropped
         */
        CompletionStage<byte[]> received(String from, byte[] message);
    }
}
