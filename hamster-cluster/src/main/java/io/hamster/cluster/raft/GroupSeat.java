package io.hamster.cluster.raft;

import java.util.concurrent.CompletionStage;

/** The group as its elector sees it. Thread-safe; no method blocks. */
interface GroupSeat extends GroupLog {

    /** Where this node stands. */
    GroupRole role();

    /** Whether this node is the only voter, so that it can't hand over to another. */
    boolean isAlone();

    /** Hands the ordering of entries to another node; fails if none takes it. Bounded in time. */
    CompletionStage<Void> handOver();

    /** Whether this node gives away the ordering of entries whenever it gets it, as long as another takes it. */
    void decline(boolean declines);

    /** Adds somebody who is told soon after leader, term or members may have changed. */
    void onChange(Runnable listener);
}
