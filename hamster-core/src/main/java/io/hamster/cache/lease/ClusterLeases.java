package io.hamster.cache.lease;

import io.hamster.TimeSource;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStoreFactory;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Opens, for each cache, the leases that the members of a cluster keep for each other: for caches with
 * {@link io.hamster.cache.Tier#LOCAL} and {@link io.hamster.cache.LoadScope#CLUSTER}. A member takes part in keeping them
 * from the moment this is made, whether it has the caches or not. Thread-safe.
 */
public final class ClusterLeases implements CacheStoreFactory {

    /** For how long the owner of a key is usually waited for before an instance loads for itself. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(2);

    private final LeaseGroup group;
    private final String life = UUID.randomUUID().toString();
    private final AtomicLong opened = new AtomicLong();

    /**
     * Begins to listen to a channel.
     *
     * @param channel what the members speak over
     * @param time the clock
     * @param scheduler for short work; nothing blocks on it. Not closed
     * @param patience for how long the owner of a key is waited for; more than zero
     * @throws IllegalArgumentException if the patience is zero or negative
     */
    public ClusterLeases(LeaseChannel channel, TimeSource time, ScheduledExecutorService scheduler, Duration patience) {
        if (patience.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("The patience is " + patience + "; it must be more than zero");
        }
        this.group = new LeaseGroup(channel, time, scheduler, patience);
        channel.listen(group);
    }

    @Override
    public CacheStore open(String cache, String version, Duration ticketTtl) {
        return new LeaseStore(group, cache + '\0' + version, ticketTtl, life + '-' + opened.incrementAndGet());
    }

    @Override
    public boolean keepsEntries() {
        return false;
    }
}
