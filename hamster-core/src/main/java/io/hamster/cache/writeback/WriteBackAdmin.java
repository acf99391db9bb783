package io.hamster.cache.writeback;

import java.util.List;

/**
 * What an operator may see and do of a cache's write-back. Thread-safe.
 *
 * @param <K> the keys
 */
public interface WriteBackAdmin<K> {

    /**
     * How it is doing.
     *
     * @return the figures now
     */
    WriteBackStats stats();

    /**
     * Whether the journal has ended though nobody closed it; the log says why. Every further write is refused until the
     * application starts anew, which finds what was acknowledged.
     *
     * @return {@code false} also if the journal is only away for now
     */
    default boolean hasJournalFailed() {
        return false;
    }

    /**
     * The writes that were given up for now.
     *
     * @return a copy, the oldest first
     */
    List<DeadLetter<K>> deadLetters();

    /**
     * Has a dead letter tried again, with all its retries.
     *
     * @param letter what {@link #deadLetters} gave
     * @return {@code false} if its key has been written since, or it isn't a dead letter any more; nothing happens then
     */
    boolean redrive(DeadLetter<K> letter);

    /**
     * Has all dead letters tried again.
     *
     * @return how many there were
     */
    default int redriveAll() {
        return (int) deadLetters().stream().filter(this::redrive).count();
    }

    /**
     * Gives up a dead letter for good: its value is lost and the key's next read loads.
     *
     * @param letter what {@link #deadLetters} gave
     * @return {@code false} if its key has been written since, or it isn't a dead letter any more; nothing happens then
     */
    boolean discard(DeadLetter<K> letter);

    /**
     * Gives up a key's dirty write, dead letter or not: its value is lost and the key's next read loads. What is being
     * written at this time may still reach the source; with a journal that instances share, so may what a flush that is
     * under way hasn't come to yet.
     *
     * @param key the key
     * @return whether it was dirty
     */
    boolean discard(K key);

    /**
     * Drops every entry but the dirty ones, which {@link io.hamster.cache.HamsterCache#clear} would delete: the source
     * isn't touched.
     */
    void clearWritten();
}
