package io.hamster.cache.writeback;

import java.util.Optional;

/**
 * An acknowledged write that has not reached its source.
 *
 * @param change the key and its value
 * @param sequence the write's sequence
 * @param parked why it was given up for now, or empty if it is to be written
 */
public record JournalRecord(Change change, long sequence, Optional<String> parked) {}
