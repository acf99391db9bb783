package io.hamster.cache.lease;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Messages between the members of a cluster about loads of caches, and the views in which they are. Thread-safe; never
 * blocks. Messages may be lost, late and out of order, but come from members only.
 */
public interface LeaseChannel {

    /**
     * This node's name, by which views have it.
     *
     * @return the same each time
     */
    String self();

    /**
     * Sends a question to another member.
     *
     * @param member its name
     * @param message the question
     * @param timeout for how long its answer is waited for, more than zero
     * @return the answer; fails with {@link LeaseMessageRefusedException} if this node refuses to send it, which says
     *     nothing of the member, and otherwise if there is no answer, which says nothing of whether the question arrived
     */
    CompletionStage<byte[]> request(String member, byte[] message, Duration timeout);

    /**
     * Says who listens; called once.
     *
     * @param listener told of questions and views
     */
    void listen(Listener listener);

    /** What a channel delivers to. Never blocks and never throws. */
    interface Listener {

        /**
         * This node is in another view. Called one at a time, and never with an older view after a newer one; views may be
         * left out.
         *
         * @param view the latest
         */
        void entered(View view);

        /**
         * A question of another member came in.
         *
         * @param message the question
         * @return the answer
         */
        byte[] received(byte[] message);
    }

    /**
     * Who is in reach of each other, as all of them see it.
     *
     * @param id the same for all that are in it, and never that of another view
     * @param members the names of those in it, this node's among them; none if this node isn't in a cluster now
     */
    record View(String id, List<String> members) {

        /**
         * Copies the members.
         *
         * @param id the view's own
         * @param members the names of those in it
         */
        public View {
            members = List.copyOf(members);
        }

        /**
         * That this node is in no cluster.
         *
         * @return a view without members
         */
        public static View none() {
            return new View("", List.of());
        }
    }
}
