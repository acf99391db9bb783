package io.hamster.cache.writeback;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Keeps the acknowledged writes of a cache that one process owns until they have reached their source. Thread-safe, but
 * for {@link #open}, which comes first.
 */
public interface DirtyJournal extends AutoCloseable {

    /**
     * Reads what an earlier process left, and begins.
     *
     * @return of each key the latest write if it isn't flushed, in the order of their sequences
     * @throws JournalException if the journal can't be read or belongs to another process
     */
    List<JournalRecord> open();

    /**
     * Adds writes, all of them or none.
     *
     * @param changes one or more
     * @return completes with the sequence of the first, each other's being one higher than the one's before it, when
     *     the journal keeps them; fails with {@link JournalException} when it doesn't
     */
    CompletionStage<Long> append(List<Change> changes);

    /**
     * Forgets writes. A crash may undo that.
     *
     * @param sequences of writes that the source has, or that were discarded
     */
    void forget(List<Long> sequences);

    /**
     * Remembers that a write was given up for now.
     *
     * @param sequence the write's sequence
     * @param reason why
     */
    void park(long sequence, String reason);

    /**
     * Undoes {@link #park}.
     *
     * @param sequence the write's sequence
     */
    void unpark(long sequence);

    /**
     * Counts what could not be read.
     *
     * @return stretches that were kept aside
     */
    long damaged();

    /**
     * Whether it has ended though nobody closed it.
     *
     * @return {@code true} if it takes no more writes, ever
     */
    default boolean hasFailed() {
        return false;
    }

    /** Completes or fails what was appended, and ends. */
    @Override
    void close();
}
