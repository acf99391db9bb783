package io.hamster.cache;

import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Makes slots by a policy: times to live, weights, what is kept at all. */
final class Slots<K, V> {

    private final Stamps stamps;
    private final Weigher<? super K, ? super V> weigher;
    private final DoubleSupplier random;
    private final long defaultTtl;
    private final long nullTtl;
    private final double jitterShare;
    private final long staleLimit;
    private final double refreshAhead;

    Slots(CachePolicy policy, Stamps stamps, Weigher<? super K, ? super V> weigher, DoubleSupplier random) {
        this.stamps = stamps;
        this.weigher = weigher;
        this.random = random;
        this.defaultTtl = Durations.nanos(policy.defaultTtl());
        this.nullTtl = Durations.nanos(policy.nullTtl());
        this.jitterShare = (double) Durations.nanos(policy.ttlJitter()) / defaultTtl;
        this.staleLimit = policy.staleOnError().map(Durations::nanos).orElse(0L);
        this.refreshAhead = policy.refreshAhead().orElse(0);
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
        long fullTtl = value == null ? absenceTtl(options) : ttl(options).orElse(defaultTtl);
        if (!options.isCached() || stamps.isClosed() || fullTtl == 0) {
            return null;
        }
        long ttl = jittered(fullTtl);
        long expiresAt = now + ttl;
        boolean maybeStale = value != null && origin.at() + staleLimit - expiresAt > 0;
        return new Slot<>(
                value,
                origin,
                expiresAt,
                maybeStale ? origin.at() + staleLimit : expiresAt,
                refreshAhead == 0 || value == null ? now + Durations.FOREVER : now + (long) (ttl * refreshAhead),
                value == null ? 0 : weigh(key, value),
                options.tags());
    }

    /** When to try again after a refresh failed: a quarter into the rest. */
    long nextRefresh(Slot<V> slot, long now) {
        return now + Math.max(0, slot.expiresAt - now) / 4;
    }

    private long absenceTtl(EntryOptions options) {
        return options.nullTtl()
                .map(Durations::nanos)
                .orElseGet(() -> Math.min(nullTtl, ttl(options).orElse(nullTtl)));
    }

    private static Optional<Long> ttl(EntryOptions options) {
        return options.ttl().map(Durations::nanos);
    }

    private long jittered(long ttl) {
        return jitterShare == 0 ? ttl : ttl - (long) (ttl * jitterShare * random.getAsDouble());
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
