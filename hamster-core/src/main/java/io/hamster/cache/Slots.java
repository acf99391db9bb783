package io.hamster.cache;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Makes slots by a policy: times to live, weights, what is kept at all. */
final class Slots<K, V> {

    private final Stamps stamps;
    private final Weigher<? super K, ? super V> weigher;
    private final Lifetimes lifetimes;
    private final long localTtl;
    private final long staleLimit;
    private final long longestRelay;
    private final double refreshAhead;
    private final long refreshInterval;

    Slots(CachePolicy policy, Stamps stamps, Weigher<? super K, ? super V> weigher, DoubleSupplier random) {
        this.stamps = stamps;
        this.weigher = weigher;
        this.lifetimes = new Lifetimes(policy, random);
        this.localTtl = policy.localTtl().isZero() ? Durations.FOREVER : Durations.nanos(policy.localTtl());
        this.staleLimit = policy.staleOnError().map(Durations::nanos).orElse(0L);
        this.longestRelay = StoredValues.longestRelay(policy);
        this.refreshAhead = policy.refreshAhead().orElse(0);
        this.refreshInterval = policy.refreshInterval().map(Durations::nanos).orElse(0L);
    }

    /**
     * Makes a slot, which calls the weigher.
     *
     * @param value {@code null} for an absence
     * @param now when it enters the cache
     * @return {@code null} if it isn't to be kept
     */
    @Nullable
    Slot<V> make(K key, @Nullable V value, EntryOptions options, Origin origin, long now) {
        long ttl = left(lifetimes.ttl(value == null, options), options);
        if (!options.isCached() || stamps.isClosed() || ttl <= 0) {
            return null;
        }
        return make(key, value, options, origin, now, ttl);
    }

    /**
     * What is left of a time to live. Who has loaded what is handed on has given it the same, since then it was to be found
     * for as long, but no longer than such is: what is missing of that has passed.
     */
    private long left(long ttl, EntryOptions options) {
        EntryOptions.Found found = options.found().orElse(null);
        if (found == null) {
            return ttl;
        }
        return Math.min(ttl, Math.max(0, ttl - longestRelay) + Durations.nanos(found.left()));
    }

    /** Makes a slot of what has expired but may still be served if its load fails; {@code null} if it may not. */
    @Nullable
    Slot<V> makeExpired(K key, V value, EntryOptions options, Origin origin, long now, Duration expiredFor) {
        return stamps.isClosed()
                ? null
                : make(key, value, options, origin, now, -Math.max(0, Durations.nanos(expiredFor)));
    }

    private Slot<V> make(K key, @Nullable V value, EntryOptions options, Origin origin, long now, long ttl) {
        EntryOptions.Found found = options.found().orElse(null);
        long since = found == null ? now : found.askedAt();
        long expiresAt = since + Math.min(ttl, localTtl);
        long createdAt = found == null ? origin.at() : since - Durations.nanos(found.age());
        boolean maybeStale = value != null && createdAt + staleLimit - expiresAt > 0;
        return new Slot<>(
                key,
                value,
                origin,
                createdAt,
                expiresAt,
                maybeStale ? createdAt + staleLimit : expiresAt,
                refreshAt(value == null, found, since, ttl),
                value == null ? 0 : weigh(key, value),
                options.tags());
    }

    /** What was found is refreshed as if it had been kept here from the start. */
    private long refreshAt(boolean isAbsence, EntryOptions.@Nullable Found found, long since, long ttl) {
        long age = found == null ? 0 : Durations.nanos(found.age());
        boolean isBeingRefreshed = found != null && found.isBeingRefreshed();
        if (refreshInterval > 0) {
            return isBeingRefreshed ? since + refreshInterval / 4 : since - age + refreshInterval;
        }
        if (refreshAhead == 0 || isAbsence) {
            return since + Durations.FOREVER;
        }
        return isBeingRefreshed ? since + ttl / 4 : since - age + (long) ((age + ttl) * refreshAhead);
    }

    /** When to try again after a refresh failed: a quarter into the rest, or an interval later if that is sooner. */
    long nextRefresh(Slot<V> slot, long now) {
        long soon = Math.max(0, slot.expiresAt - now) / 4;
        return now + (refreshInterval == 0 ? soon : Math.min(soon, refreshInterval));
    }

    private long weigh(K key, V value) {
        long bytes = weigher.weigh(key, value);
        if (bytes < 0) {
            throw new InvalidCachePolicyException("The weigher returned " + bytes + " for " + CacheKeys.shortened(key)
                    + "; a weight is 0 bytes or more");
        }
        return bytes;
    }
}
