package io.hamster.cache;

import io.hamster.TimeSource;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/** What an engine holds for a key. All times are monotonic nanoseconds. */
final class Slot<V> {

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<Slot> REFRESH_AT =
            AtomicLongFieldUpdater.newUpdater(Slot.class, "refreshAt");

    // What each read looks at comes first, so that it lies together as the JVM lays fields out.

    /** {@code null} remembers that there is no value. */
    final @Nullable V value;

    final long epoch;

    /** When its load began or it was put, be it by another instance. */
    final long createdAt;

    final long expiresAt;

    final long stamp;

    /** When it was known to be right: before it was loaded, put or read from the shared tier. */
    final long seenAt;

    /** When the engine may reclaim it: {@link #expiresAt}, or later if it may still be served stale. */
    final long retainedUntil;

    final long bytes;
    final Set<String> tags;

    /** As it was when the slot was made: an equal key may lack what only shared caches' keys carry. */
    final Object key;

    private volatile long refreshAt;

    Slot(
            Object key,
            @Nullable V value,
            Origin origin,
            long createdAt,
            long expiresAt,
            long retainedUntil,
            long refreshAt,
            long bytes,
            Set<String> tags) {
        this.key = key;
        this.value = value;
        this.epoch = origin.epoch();
        this.stamp = origin.stamp();
        this.createdAt = createdAt;
        this.seenAt = origin.at();
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

    /** What callers are told of it. */
    CacheEntry<V> entry(TimeSource time, boolean isDirty) {
        long now = time.nanoTime();
        Instant wallClock = time.instant();
        return new CacheEntry<>(
                optional(), wallClock.minusNanos(now - createdAt), wallClock.plusNanos(expiresAt - now), isDirty);
    }

    /** Whether nobody need read the clock, which takes longer than the rest of a read. */
    boolean isForEver() {
        return expiresAt - createdAt >= Durations.FOREVER;
    }

    boolean isExpired(long now) {
        return expiresAt - now <= 0;
    }

    boolean isRefreshDue(long now) {
        return refreshAt - now <= 0;
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
