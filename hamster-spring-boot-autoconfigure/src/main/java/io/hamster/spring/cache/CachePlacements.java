package io.hamster.spring.cache;

import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What annotations say of where caches keep their entries and how they refresh them, until the caches are made. Thread-safe. */
final class CachePlacements {

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private final Map<String, Source> sources = new HashMap<>();

    /** The times to live of methods' values; empty for caches of which methods say different ones. Guarded by {@link #lock}. */
    private final Map<String, Optional<Duration>> ttls = new HashMap<>();

    /** The names of the caches that are there. Guarded by {@link #lock}. */
    private final Set<String> made = new HashSet<>();

    /**
     * Notes what a method says.
     *
     * @param where the method, for messages
     * @throws HamsterConfigurationException if another says something else, or the cache was made without it
     */
    void add(String cache, Placement placement, String where) {
        if (placement.equals(Placement.OPEN)) {
            return;
        }
        lock.lock();
        try {
            Source known = sources.get(cache);
            if (known == null && made.contains(cache)) {
                throw new HamsterConfigurationException(
                        where + " says " + placement + " of cache '" + cache + "', which is in use already without it.",
                        "Set it for the cache instead, at " + HamsterCacheProperties.path(cache) + ".");
            }
            if (known != null && !known.placement.equals(placement)) {
                throw new HamsterConfigurationException(
                        known.where + " says " + known.placement + " of cache '" + cache + "' and " + where + " says "
                                + placement + ".",
                        "Say the same or nothing on one of them, or set it for the cache, at "
                                + HamsterCacheProperties.path(cache) + ".");
            }
            sources.putIfAbsent(cache, new Source(placement, where));
        } finally {
            lock.unlock();
        }
    }

    /** Notes the time to live of a method's values. Methods may say different ones: then none of them is the cache's. */
    void addTtl(String cache, Duration ttl) {
        lock.lock();
        try {
            ttls.merge(cache, Optional.of(ttl), (known, other) -> known.equals(other) ? known : Optional.empty());
        } finally {
            lock.unlock();
        }
    }

    /** What holds for a cache that is about to be made. */
    Placement use(String cache) {
        lock.lock();
        try {
            made.add(cache);
            return of(cache);
        } finally {
            lock.unlock();
        }
    }

    boolean isMade(String cache) {
        lock.lock();
        try {
            return made.contains(cache);
        } finally {
            lock.unlock();
        }
    }

    Placement of(String cache) {
        lock.lock();
        try {
            Source known = sources.get(cache);
            Duration ttl = ttls.getOrDefault(cache, Optional.empty()).orElse(null);
            return (known == null ? Placement.OPEN : known.placement).withTtl(ttl);
        } finally {
            lock.unlock();
        }
    }

    /** The method that first says something of a cache, for messages. */
    String where(String cache) {
        lock.lock();
        try {
            Source known = sources.get(cache);
            return known == null ? "a method of cache '" + cache + "'" : known.where;
        } finally {
            lock.unlock();
        }
    }

    /** The caches of which something is said. */
    Set<String> names() {
        lock.lock();
        try {
            return Set.copyOf(sources.keySet());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Attributes of an annotation; those that it leaves open, or properties decide, are {@code null}.
     *
     * @param ttl what all methods say that say anything; no part of what is {@linkplain #add added}
     */
    record Placement(
            @Nullable Tier tier,
            @Nullable Duration localTtl,
            @Nullable LoadScope loadScope,
            Refresh refresh,
            @Nullable Duration ttl) {

        static final Placement OPEN = new Placement(null, null, null, Refresh.OPEN, null);

        Placement with(Refresh other) {
            return new Placement(tier, localTtl, loadScope, other, ttl);
        }

        Placement with(Tier other) {
            return new Placement(other, localTtl, loadScope, refresh, ttl);
        }

        Placement withTtl(@Nullable Duration other) {
            return new Placement(tier, localTtl, loadScope, refresh, other);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            append(text, "tier", tier);
            append(text, "localTtl", localTtl);
            append(text, "loadScope", loadScope);
            append(text, "ttl", refresh.ttl);
            append(text, "refreshInterval", refresh.interval);
            append(text, "stopRefreshAfterIdle", refresh.stopAfterIdle);
            return text.toString();
        }

        private static void append(StringBuilder text, String name, @Nullable Object value) {
            if (value != null) {
                text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(value);
            }
        }
    }

    /** The same for {@code @CacheRefresh}; the time to live is that of the method that has it. */
    record Refresh(
            @Nullable Duration ttl,
            @Nullable Duration interval,
            @Nullable Duration stopAfterIdle) {

        static final Refresh OPEN = new Refresh(null, null, null);

        void applyTo(CachePolicyBuilder policy) {
            if (ttl != null) {
                policy.defaultTtl(ttl);
            }
            if (interval != null) {
                policy.refreshInterval(interval);
            }
            if (stopAfterIdle != null) {
                policy.stopRefreshAfterIdle(stopAfterIdle);
            }
        }
    }

    private record Source(Placement placement, String where) {}
}
