/**
 * Write-back: a cache acknowledges a write once it is in a journal and brings it to the source later, in batches.
 *
 * <p>A {@link io.hamster.cache.writeback.WriteBackPolicy} says when and how safely; the source is a
 * {@link io.hamster.cache.writeback.WriteBackWriter}. What still has to be written is <em>dirty</em>: it is read before
 * anything else, is neither evicted nor expires, and its number is bounded.
 *
 * <p>Invariants. (1) A write is acknowledged after its record is in the journal, and only then anybody sees it. (2)
 * Records have strictly rising sequences, over restarts too. Of a key only the latest counts: it takes the place of an
 * older one in the journal, among the dirty entries and in the dead letter, and a flushed entry is forgotten only if its
 * sequence is still the key's latest. (3) At most one flush of a cache runs at a time and a batch has a key once, so the
 * writes of a key reach the source in the order of their sequences. A crash may repeat the latest ones; the writer gets
 * the sequence and can refuse what is older than what it has. (4) Nothing that was acknowledged leaves the journal but
 * by being written, by giving way to a newer write of its key, or by an explicit discard.
 *
 * <p>The file journal is a log of segments. A segment is a header and records, each with its length and a CRC32C; one
 * thread writes records in groups and forces each group to the disk once. Each group says up to where its segment was
 * forced before it: so what can't be read at the end is known to be torn if nothing behind it says that it was forced,
 * and otherwise to be damaged. Only the oldest segment is ever deleted, after those of its records that still count have
 * been copied to the newest: so what supersedes a record never goes before it.
 */
@NullMarked
package io.hamster.cache.writeback;

import org.jspecify.annotations.NullMarked;
