package io.hamster.cluster.raft;

import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/**
 * Where a node's log ends.
 *
 * @param term the node's
 * @param last the last entry, or {@code null} if there is none
 * @param committed the last entry that is agreed on, or {@code null} if there is none or it isn't in the log any more
 * @param forced up to which entry the log is on this node's disk
 */
record LogFront(
        long term, @Nullable TermIndex last, @Nullable TermIndex committed, long forced) {

    /** Whether an entry of the term is agreed on; then all before it are. */
    boolean isAgreed() {
        return committed != null && committed.getTerm() == term;
    }

    /** Whether there are entries of the term, on this node's disk and not agreed on: it takes the others. */
    boolean takesOthers() {
        return last != null && last.getTerm() == term && forced >= last.getIndex() && !isAgreed();
    }
}
