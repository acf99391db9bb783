package io.hamster.cache;

import io.hamster.cache.invalidation.Invalidation;
import io.hamster.cache.invalidation.InvalidationNews;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the shared caches of a client have in common: the store's circuit, and the news of other instances. */
final class SharedCaches {

    private static final Logger log = LoggerFactory.getLogger(SharedCaches.class);

    /** In one JVM's scope, where nobody waits for the end of a ticket. */
    private static final Duration TICKET_TTL = Duration.ofMinutes(1);

    private final SharedTier shared;
    private final CacheRuntime runtime;
    private final Supplier<Collection<ManagedCache<?, ?>>> caches;
    private final StoreCircuit circuit;
    private final @Nullable InvalidationNews news;
    private final ReentrantLock lifecycle = new ReentrantLock();
    /** Changed under {@link #lifecycle}. */
    private volatile boolean listening;

    /** Guarded by {@link #lifecycle}. */
    private boolean closed;

    /**
     * Listens to the other instances, if there is a channel, once a cache may have something to tell: without heartbeats
     * a message that is lost would be missed by nobody, and its sender taken for dead. A client whose caches are all
     * local sends nothing.
     *
     * @param caches those that may have entries
     */
    SharedCaches(SharedTier shared, CacheRuntime runtime, Supplier<Collection<ManagedCache<?, ?>>> caches) {
        this.shared = shared;
        this.runtime = runtime;
        this.caches = caches;
        this.circuit = new StoreCircuit("the shared tier", runtime.time(), shared.coolDown());
        this.news = shared.channel()
                .map(channel -> new InvalidationNews(
                        UUID.randomUUID(),
                        channel,
                        runtime.time(),
                        runtime.scheduler(),
                        shared.bound(),
                        new Listener()))
                .orElse(null);
    }

    <K, V> SharedCache<K, V> make(String name, CachePolicy policy, Admission admission) {
        Trust trust = trust(name, policy);
        DirtyReads<K, V> dirty =
                policy.writeBack().map(how -> this.<K, V>dirty(name, how)).orElse(null);
        CacheStore store = store(name, policy);
        if (policy.tellsOthers()) {
            listen();
        }
        return new SharedCache<>(name, policy, runtime, admission, shared.codec(), store, trust, this::tell, dirty);
    }

    private CacheStore store(String name, CachePolicy policy) {
        if (policy.usesStore() && shared.sharesLoads() && !shared.hasStores()) {
            if (policy.tier() != Tier.LOCAL) {
                throw new InvalidCachePolicyException("Cache '" + name + "' has tier " + policy.tier()
                        + ", but the instances share only loads, no entries; set the tier to LOCAL, or give"
                        + " CacheClientBuilder.shared one with a store");
            }
            // Each of the members that keep the leases may be away by itself: they have circuits of their own.
            return shared.stores().open(name, policy.version(), ticketTtl(policy));
        }
        if (policy.usesStore()) {
            return new CircuitCacheStore(shared.stores().open(name, policy.version(), ticketTtl(policy)), circuit);
        }
        if (shared.hasStores()) {
            // A server is connected to, for the channel too, when the first part of it is opened.
            shared.stores().open(name, policy.version(), ticketTtl(policy)).close();
        }
        return NoStore.INSTANCE;
    }

    /** A circuit of its own: that the journal doesn't answer says nothing of the store. */
    private <K, V> DirtyReads<K, V> dirty(String name, WriteBackPolicy how) {
        SharedJournal.Factory journals = runtime.sharedJournals();
        if (journals == null) {
            throw new InvalidCachePolicyException("Cache '" + name
                    + "' writes back with durability REDIS but the client has no journals there; give"
                    + " CacheClientBuilder.sharedJournals what makes them, or set the durability to FILE or MEMORY and"
                    + " the tier to LOCAL");
        }
        StoreCircuit own = new StoreCircuit("the journal of cache '" + name + "'", runtime.time(), shared.coolDown());
        return new DirtyReads<>(
                name,
                new CircuitJournal(
                        journals.journal(name),
                        own,
                        journals.timeout(),
                        journals::isAnswer,
                        runtime.contextFreeExecutor()),
                new Marshal<>(name, how, shared.codec()));
    }

    /** How long the store's tickets stand unless they are renewed. */
    static Duration ticketTtl(CachePolicy policy) {
        if (policy.loadScope() == LoadScope.CLUSTER) {
            return policy.leaseTimeout();
        }
        Duration longest =
                policy.hardTimeout().map(timeout -> timeout.multipliedBy(2)).orElse(TICKET_TTL);
        return longest.compareTo(TICKET_TTL) > 0 ? longest : TICKET_TTL;
    }

    private @Nullable Trust trust(String name, CachePolicy policy) {
        if (!policy.tellsOthers()) {
            return null;
        }
        Trust.ByNews byNews =
                news == null ? null : new Trust.ByNews(news, runtime.time(), Durations.nanos(shared.bound()));
        if (policy.tier() == Tier.REMOTE) {
            return new Trust.OfStore(byNews);
        }
        if (byNews == null) {
            boolean isLocal = policy.tier() == Tier.LOCAL;
            throw new InvalidCachePolicyException("Cache '" + name + "' has "
                    + (isLocal ? "tellsOthers" : "tier TWO_LEVEL")
                    + ", but the shared tier has no channel that tells of"
                    + " other instances' changes; give it one with SharedTier.withChannel, or "
                    + (isLocal ? "leave that out" : "set the tier to REMOTE"));
        }
        return byNews;
    }

    private void listen() {
        lifecycle.lock();
        try {
            if (news != null && !listening && !closed) {
                news.start();
                listening = true;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    private void tell(Invalidation change) {
        if (news != null) {
            news.tell(change).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.debug("A change may not have been sent; the others will miss its number", failure);
                }
            });
        }
    }

    SharedTierStatus status() {
        long pending = caches.get().stream()
                .mapToLong(cache -> cache.stats().pendingChanges())
                .sum();
        Optional<Instant> awaySince = circuit.awaySince();
        return new SharedTierStatus(
                awaySince.isEmpty(),
                Optional.ofNullable(listening ? news : null).map(InvalidationNews::status),
                pending,
                awaySince);
    }

    void close() {
        lifecycle.lock();
        try {
            closed = true;
            if (news != null) {
                news.close();
            }
        } finally {
            lifecycle.unlock();
        }
    }

    private final class Listener implements InvalidationNews.Listener {

        @Override
        public void invalidated(Invalidation change) {
            for (ManagedCache<?, ?> cache : caches.get()) {
                if (cache.name().equals(change.cache())) {
                    cache.heard(change);
                }
            }
        }

        @Override
        public void missed() {
            caches.get().forEach(ManagedCache::forget);
        }
    }
}
