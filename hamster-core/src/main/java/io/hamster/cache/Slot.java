package io.hamster.cache;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/** What an engine holds for a key. All times are monotonic nanoseconds. */
final class Slot<V> {

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<Slot> REFRESH_AT =
            AtomicLongFieldUpdater.newUpdater(Slot.class, "refreshAt");

    /** {@code null} remembers that there is no value. */
    final @Nullable V value;

    final long epoch;
    final long stamp;
    final long createdAt;
    final long expiresAt;
    /** When the engine may reclaim it: {@link #expiresAt}, or later if it may still be served stale. */
    final long retainedUntil;

    final long bytes;
    final Set<String> tags;
    private volatile long refreshAt;

    Slot(
            @Nullable V value,
            Origin origin,
            long expiresAt,
            long retainedUntil,
            long refreshAt,
            long bytes,
            Set<String> tags) {
        this.value = value;
        this.epoch = origin.epoch();
        this.stamp = origin.stamp();
        this.createdAt = origin.at();
        this.expiresAt = expiresAt;
        this.retainedUntil = retainedUntil;
        this.refreshAt = refreshAt;
        this.bytes = bytes;
        this.tags = tags;
    }

    Optional<V> optional() {
        // A branch of its own rather than ofNullable's: where it is never taken, the compiler allocates nothing for a
        // hit.
        return value == null ? Optional.empty() : Optional.of(value);
    }

    boolean isExpired(long now) {
        return expiresAt - now <= 0;
    }

    /** Whether the caller is the one to refresh it; nobody else is until {@link #refreshAgainAt}. */
    boolean claimRefresh(long now) {
        long due = refreshAt;
        return due - now <= 0 && REFRESH_AT.compareAndSet(this, due, now + Durations.FOREVER);
    }

    void refreshAgainAt(long due) {
        refreshAt = due;
    }
}
