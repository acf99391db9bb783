package io.hamster.cache.writeback;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps the acknowledged writes of a cache that several processes share until they have reached their source. One of
 * them at a time flushes: it holds a lease, and each lease has a higher fence than the one before it, without which
 * nothing is counted as written. Thread-safe; nothing blocks.
 */
public interface SharedJournal extends AutoCloseable {

    /** Makes the journals of caches. */
    @FunctionalInterface
    interface Factory {

        /**
         * Makes a journal.
         *
         * @param cache the cache's name
         * @return a new journal, to be closed by the cache
         */
        SharedJournal journal(String cache);

        /**
         * How long a journal may take to answer a request before that counts as failed. Once several in a row have, its
         * cache leaves the journal alone but for an attempt now and then, and what needs it fails at once meanwhile.
         * {@link SharedJournal#list} may take 10 seconds if this is less, but for such an attempt, and isn't counted when it
         * takes longer.
         *
         * @return more than zero; by default 5 seconds
         */
        default Duration timeout() {
            return Duration.ofSeconds(5);
        }

        /**
         * Whether a failed request shows that the journal is there, and no reason to leave it alone: it has refused the
         * request, without keeping anybody waiting.
         *
         * @param failure what a journal's answer failed with
         * @return by default {@code false}
         */
        default boolean isAnswer(Throwable failure) {
            return false;
        }
    }

    /**
     * Adds writes, all of them or none.
     *
     * @param changes one or more, of different keys
     * @param maxDirty how many keys may be dirty afterwards if there are new ones among these
     * @return completes with what came of it when the journal keeps them, or with empty if they are too many; when it
     *     fails, nobody knows whether they are kept
     */
    CompletionStage<Optional<Appended>> append(List<Change> changes, int maxDirty);

    /**
     * What came of an append.
     *
     * @param sequence that of the first change, each other's being one higher than the one's before it
     * @param pending keys that are dirty now, but for dead letters
     */
    record Appended(long sequence, long pending) {}

    /**
     * Reads a key's dirty write.
     *
     * @param key the encoded key
     * @return completes with the write, dead letter or not, or with empty if the key isn't dirty
     */
    CompletionStage<Optional<JournalRecord>> find(byte[] key);

    /**
     * Reads all dirty writes. A key that was dirty before is among them with its latest write, unless that has been
     * flushed or discarded meanwhile; of those that become dirty meanwhile, some may be.
     *
     * @return completes with them, dead letters among them, in the order of their sequences
     */
    CompletionStage<List<JournalRecord>> list();

    /**
     * Counts the dirty writes, without reading them.
     *
     * @return completes with the counts
     */
    CompletionStage<Size> size();

    /**
     * How much a journal keeps.
     *
     * @param dirty keys that are dirty, dead letters among them
     * @param dead how many of them are dead letters
     */
    record Size(long dirty, long dead) {}

    /**
     * Takes or keeps the lease.
     *
     * @param owner who asks; different for each process
     * @param lease how long others are kept from flushing
     * @return completes with the lease's fence, or with empty if another process has the lease
     */
    CompletionStage<Optional<Long>> lease(String owner, Duration lease);

    /**
     * Ends the lease.
     *
     * @param owner who has it
     * @return completes when it is over
     */
    CompletionStage<Void> release(String owner);

    /**
     * Forgets writes that the source has, unless there are newer ones of their keys.
     *
     * @param fence of the lease under which they were written
     * @param written the writes
     * @return completes with {@code false}, and nothing is done, if there has been another lease since
     */
    CompletionStage<Boolean> written(long fence, List<JournalRecord> written);

    /**
     * Makes a write a dead letter, unless there is a newer one of its key.
     *
     * @param fence of the lease under which it was tried
     * @param refused the write
     * @param reason why
     * @return completes with {@code false}, and nothing is done, if there has been another lease since
     */
    CompletionStage<Boolean> park(long fence, JournalRecord refused, String reason);

    /**
     * Has a dead letter tried again.
     *
     * @param key the encoded key
     * @param sequence of the write
     * @return completes with {@code false} if it isn't a dead letter with that sequence
     */
    CompletionStage<Boolean> redrive(byte[] key, long sequence);

    /**
     * Gives up a dirty write.
     *
     * @param key the encoded key
     * @param sequence of the write
     * @return completes with {@code false} if the key isn't dirty with that sequence
     */
    CompletionStage<Boolean> discard(byte[] key, long sequence);

    @Override
    void close();
}
