package io.hamster.cluster.raft;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The log that the nodes agree on, from wherever it is looked at. Thread-safe; no method blocks. */
interface GroupLog {

    /** The parts of the state; the ordinal is the first byte of a part's commands. */
    enum Part {
        LEADERSHIP,
        LOCKS
    }

    /**
     * Proposes a command, by way of the leader if this node isn't it.
     *
     * @param timeout when the caller stops waiting; a command that was proposed may be applied later all the same
     * @return what {@link ReplicatedPart#apply} answered, once the command is committed. Fails with
     *     {@link GroupUnavailableException} at once when no leader is known, and when the leader was lost meanwhile; the
     *     command may or may not be applied then. Needn't complete after the timeout
     */
    CompletionStage<byte[]> propose(Part part, byte[] command, Duration timeout);

    /** The name of the node that orders the entries, if one is known and was heard of lately. */
    Optional<String> leader();
}
