package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStoreFactory;
import java.time.Duration;
import java.util.Optional;

/**
 * What the caches of several instances share. Immutable.
 *
 * @param stores opens each cache's part of the store
 * @param codec turns values into what the store keeps
 * @param channel carries invalidations between the instances; without it no cache may have two levels. Closed by the
 *     client
 * @param bound for how long two levels may be wrong when messages are lost; more than zero, the same for all instances
 * @param coolDown how long a store that is away is left alone between attempts; more than zero
 */
public record SharedTier(
        CacheStoreFactory stores,
        Codec codec,
        Optional<InvalidationChannel> channel,
        Duration bound,
        Duration coolDown) {

    /** The usual {@link #bound}. */
    public static final Duration DEFAULT_BOUND = Duration.ofSeconds(5);

    private static final CacheStoreFactory NO_STORES = SharedTier::refuse;

    /** The usual {@link #coolDown}. */
    public static final Duration DEFAULT_COOL_DOWN = Duration.ofSeconds(1);

    /**
     * Checks the durations.
     *
     * @param stores opens each cache's part of the store
     * @param codec turns values into what the store keeps
     * @param channel carries invalidations between the instances
     * @param bound for how long two levels may be wrong
     * @param coolDown how long a store that is away is left alone
     * @throws io.hamster.InvalidExpirationException if a duration is zero or negative
     */
    public SharedTier {
        Durations.requirePositive("SharedTier.bound", bound);
        Durations.requirePositive("SharedTier.coolDown", coolDown);
    }

    /**
     * A shared tier with the usual durations and no channel.
     *
     * @param stores opens each cache's part of the store
     * @param codec turns values into what the store keeps
     * @return a new instance
     */
    public static SharedTier of(CacheStoreFactory stores, Codec codec) {
        return new SharedTier(stores, codec, Optional.empty(), DEFAULT_BOUND, DEFAULT_COOL_DOWN);
    }

    /**
     * A shared tier with the usual durations that keeps nothing: only for caches with {@link Tier#LOCAL} that
     * {@linkplain CachePolicyBuilder#tellsOthers tell each other} of changes.
     *
     * @param codec as in {@link #of}; nothing is encoded
     * @param channel carries invalidations between the instances
     * @return a new instance
     */
    public static SharedTier ofChannel(Codec codec, InvalidationChannel channel) {
        return of(NO_STORES, codec).withChannel(channel);
    }

    /**
     * A shared tier with the usual durations in which instances share their loads but keep no entries: only for caches
     * with {@link Tier#LOCAL}, which may have the {@link LoadScope#CLUSTER} and
     * {@linkplain CachePolicyBuilder#tellsOthers tell each other} of changes.
     *
     * @param leases whose stores {@linkplain CacheStoreFactory#keepsEntries keep no entries}
     * @param codec turns values into what the instances hand on to each other
     * @param channel carries invalidations between the instances
     * @return a new instance
     * @throws IllegalArgumentException if the stores keep entries
     */
    public static SharedTier ofLeases(CacheStoreFactory leases, Codec codec, InvalidationChannel channel) {
        if (leases.keepsEntries()) {
            throw new IllegalArgumentException(leases + " keeps entries; make the shared tier with SharedTier.of");
        }
        return of(leases, codec).withChannel(channel);
    }

    /**
     * Whether it keeps entries.
     *
     * @return {@code false} if there is only a channel, or only loads are shared
     */
    public boolean hasStores() {
        return stores != NO_STORES && stores.keepsEntries();
    }

    /**
     * Whether instances can share their loads.
     *
     * @return {@code false} if there is only a channel
     */
    public boolean sharesLoads() {
        return stores != NO_STORES;
    }

    private static CacheStore refuse(String cache, String version, Duration ticketTtl) {
        throw new InvalidCachePolicyException("Cache '" + cache + "' has a tier other than LOCAL or the loadScope"
                + " CLUSTER, but what the instances share has no store, only a channel; set the tier to LOCAL and the"
                + " loadScope to JVM, or give CacheClientBuilder.shared one with a store");
    }

    /**
     * This with a channel.
     *
     * @param channel carries invalidations between the instances
     * @return a new instance
     */
    public SharedTier withChannel(InvalidationChannel channel) {
        return new SharedTier(stores, codec, Optional.of(channel), bound, coolDown);
    }

    /**
     * This with another bound.
     *
     * @param bound for how long two levels may be wrong
     * @return a new instance
     */
    public SharedTier withBound(Duration bound) {
        return new SharedTier(stores, codec, channel, bound, coolDown);
    }

    /**
     * This with another cool-down.
     *
     * @param coolDown how long a store that is away is left alone
     * @return a new instance
     */
    public SharedTier withCoolDown(Duration coolDown) {
        return new SharedTier(stores, codec, channel, bound, coolDown);
    }
}
