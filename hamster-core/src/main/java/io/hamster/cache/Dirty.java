package io.hamster.cache;

import io.hamster.cache.writeback.WriteBackEntry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A write that has not reached its source. Compared by identity: a newer write of its key is another one. */
final class Dirty<K, V> {

    final K key;
    /** What reads are answered with; its value is {@code null} for a deletion. */
    final Slot<V> slot;

    final EntryOptions options;
    final long sequence;
    /** Failed ones. This and the rest are changed by one thread at a time, under the flusher's lock. */
    int attempts;
    /** The flush in which it first failed; 0 if it didn't. */
    long failedIn;
    /** Not to be tried before; monotonic. */
    long retryAt;
    /** Why it was given up for now. */
    volatile @Nullable String parked;
    /** Given up while the source took nothing, so to be tried again once it does. */
    volatile boolean isSourceAway;

    Dirty(K key, Optional<V> value, EntryOptions options, long sequence, Origin origin) {
        this.key = key;
        this.options = options;
        this.sequence = sequence;
        long never = origin.at() + Durations.FOREVER;
        this.slot = new Slot<>(key, value.orElse(null), origin, origin.at(), never, never, never, 0, options.tags());
        this.retryAt = origin.at();
    }

    WriteBackEntry<K, V> entry() {
        return new WriteBackEntry<>(key, slot.optional(), sequence);
    }
}
