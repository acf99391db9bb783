package io.hamster.cache.writeback;

/**
 * How a cache's write-back is doing.
 *
 * @param dirty entries that still have to be written, dead letters among them
 * @param dead dead letters
 * @param flushed entries written so far
 * @param failures attempts to write an entry that failed so far
 * @param damaged stretches of the journal that could not be read and were kept aside; of a journal that instances share,
 *     dirty entries that this one couldn't read when it last flushed
 */
public record WriteBackStats(long dirty, long dead, long flushed, long failures, long damaged) {}
