package io.hamster.cluster;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Carries messages between nodes and knows which are alive: the seam behind which single, Redis and Raft mode differ.
 * Deadlines, limits, encoding and errors are above it.
 *
 * <p>Contract: no method blocks; messages are opaque and unordered, so that a slow one delays no other; a message to
 * this node never comes here; {@link #start} may follow {@link #close}.
 */
public interface Transport extends AutoCloseable {

    /**
     * Starts to take part. Reports the members at least once, at once or soon.
     *
     * @param receiver takes members and messages; never blocks and never throws
     */
    void start(Receiver receiver);

    /**
     * Sends a message and hands back the answer.
     *
     * @param node a member other than this one
     * @param message what {@link Receiver#received} gets there
     * @param timeout when the caller stops waiting, positive; whatever is kept for this message may then be dropped
     * @return the answer; fails with {@link NodeUnreachableException} as soon as the node is known to be lost. Needn't
     *     complete after the timeout
     */
    CompletionStage<byte[]> request(Node node, byte[] message, Duration timeout);

    /** Stops taking part. Delivers nothing more once it has returned; bounded in time. */
    @Override
    void close();

    /** What a transport delivers to. */
    interface Receiver {

        /**
         * The members changed, or messages may have been lost.
         *
         * @param members every node known and which of them are alive
         */
        void membersChanged(Members members);

        /**
         * A message came in.
         *
         * @param from the sender's name
         * @param message what was sent
         * @return the answer, always completed normally and perhaps long after the sender stopped waiting
         */
        CompletionStage<byte[]> received(String from, byte[] message);
    }
}
