package io.hamster.cluster;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Decides who leads: the seam behind which single, Redis and Raft mode differ. Everything that applications see of
 * leadership (events, callbacks, leases running out) is made above it, once.
 *
 * <p>Contract:
 *
 * <ul>
 *   <li>No method blocks.
 *   <li>Reports come one at a time and their terms never go back; one whose term does is ignored.
 *   <li>At any time at most one node holds a leadership whose deadline hasn't passed, on whichever clock; the deadline
 *       is all that is trusted of a {@link Standing.Leading}, and nothing needs to be reported when it passes.
 *   <li>{@link #start} may follow {@link #close}. Otherwise, unless started, nothing here does anything.
 * </ul>
 */
public interface Elector extends AutoCloseable {

    /**
     * Starts to take part.
     *
     * @param reports takes what the elector knows, whenever that changes or a lease was confirmed; never blocks and
     *     never throws
     */
    void start(Consumer<Standing> reports);

    /**
     * Hands leadership over, if this node holds it; completes at once if it doesn't.
     *
     * @param workEnded whether the leader's work here has ended, so that the next leader needn't wait for this lease to
     *     run out; otherwise the lease is left to run out, unrenewed
     * @param forGood whether this node must not lead again before the next {@link #start}
     * @return completes once the elector has reported a standing other than the resigned one (perhaps a new leadership
     *     of this node, unless {@code forGood}); fails if leadership can't be handed over, which this node then keeps
     */
    CompletionStage<Void> resign(boolean workEnded, boolean forGood);

    /**
     * Stops taking part. A leadership that wasn't resigned is left to run out. Reports nothing more once it has
     * returned; bounded in time.
     */
    @Override
    void close();
}
