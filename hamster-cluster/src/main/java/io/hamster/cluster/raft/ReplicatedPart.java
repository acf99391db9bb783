package io.hamster.cluster.raft;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * One part of the state that all nodes hold alike. Deterministic: what {@link #apply} does follows from the entries alone,
 * whatever their bytes are; it never throws. One thread at a time calls these methods, but for {@link #leading}.
 */
interface ReplicatedPart {

    /**
     * Fails if the command is of a format or kind that this release doesn't know. The log takes no such command while
     * this node orders it; if a newer release does, this node stops at it: passing it by would leave its state unlike
     * the others'. So whatever changes what a command means or may hold, a limit too, gets a kind or version of its own.
     */
    void requireKnown(byte[] command) throws UnknownFormatException;

    /** Applies a command; the answer reaches the proposer. */
    byte[] apply(Entry entry, byte[] command);

    /** Writes the whole state, for a snapshot. */
    void writeTo(DataOutput out) throws IOException;

    /** Replaces the whole state by that of a snapshot. */
    void readFrom(DataInput in) throws IOException;

    /** Forgets everything, as before the first entry. */
    void reset();

    /**
     * Whether this node now orders the entries. It does so once it has applied all that came before. Called on any thread,
     * one call at a time, and never blocks.
     *
     * @param term the term that began, or ended
     */
    default void leading(boolean here, long term) {}

    /**
     * An entry of the log.
     *
     * @param index its index
     * @param term the Raft term that it was made in
     * @param time the table's time in nanoseconds, never less than that of the entry before; has no relation to any clock
     * @param leading whether this node orders the entries now; for what is no state, such as telling a node something
     */
    record Entry(long index, long term, long time, boolean leading) {}
}
