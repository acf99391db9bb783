package io.hamster.cache;

import io.hamster.cache.store.CacheStore.Ticket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which tickets of the store let their owner load, and keeps them standing while the load runs. In one JVM's scope
 * all do. Across instances a ticket is a lease: only the request that created it does.
 */
final class Leases {

    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MAX_DOUBLINGS = 4;
    /** After so many, a second or so, pauses are longer. */
    private static final int SOON = 25;

    private static final long LATE_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);
    /** By so much each key that is waited for makes pauses longer: all together are asked for some 5000 times a second. */
    private static final long PAUSE_OF_KEY = TimeUnit.MICROSECONDS.toNanos(200);

    private final CacheRuntime runtime;
    private final RemoteTier remote;
    private final boolean isExclusive;
    private final long renewalPeriod;
    private final long longestLoad;
    /** A part of the time for which what is loaded is there for those who wait. */
    private final long longestPause;
    /** What would never be over if the timers were stopped. */
    private final Set<CompletableFuture<Boolean>> pauses = ConcurrentHashMap.newKeySet();
    /** Keys that will be asked for after a pause. */
    private final AtomicInteger awaited = new AtomicInteger();

    Leases(CachePolicy policy, CacheRuntime runtime, RemoteTier remote) {
        this.runtime = runtime;
        this.remote = remote;
        this.isExclusive = policy.loadScope() == LoadScope.CLUSTER;
        this.longestLoad = policy.hardTimeout().map(Durations::nanos).orElse(Durations.FOREVER);
        this.renewalPeriod = Durations.nanos(SharedCaches.ticketTtl(policy)) / 3;
        this.longestPause = longestPause(policy);
    }

    private static long longestPause(CachePolicy policy) {
        long ticketTtl = Durations.nanos(SharedCaches.ticketTtl(policy));
        if (policy.tier() == Tier.LOCAL) {
            // Those who wait are given what was loaded even if its time to live is over.
            return ticketTtl / 4;
        }
        long handedOn = Math.min(ticketTtl, Durations.nanos(policy.defaultTtl()));
        long absences = policy.nullTtl().isZero() ? handedOn : Durations.nanos(policy.nullTtl());
        return Math.min(handedOn, absences) / 4;
    }

    /** Whether the loads of several instances wait for each other. */
    boolean areShared() {
        return isExclusive;
    }

    boolean isMine(Ticket ticket) {
        return !isExclusive || ticket.isNew();
    }

    /** To be called for each load, with the ticket that {@link #isMine}. */
    Lease begin(TextKey<?> key, @Nullable Ticket ticket, boolean replaces) {
        Future<?> renewal = null;
        if (ticket != null) {
            try {
                long until = runtime.time().nanoTime() + longestLoad;
                renewal = runtime.scheduler()
                        .scheduleWithFixedDelay(
                                () -> renew(key.text(), ticket, until),
                                renewalPeriod,
                                renewalPeriod,
                                TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                log.debug("The client was closed during a load, whose lease isn't renewed", e);
            }
        }
        return new Lease(key, ticket, replaces, renewal);
    }

    /** A load that takes longer than its callers wait for must not hold up everybody's. */
    private void renew(String key, Ticket ticket, long until) {
        if (runtime.time().nanoTime() - until < 0) {
            remote.renew(key, ticket);
        }
    }

    /** Lets another one load; nobody waits for that. */
    void end(Lease lease) {
        lease.stopRenewing();
        Ticket ticket = lease.ticket();
        if (isExclusive && ticket != null) {
            remote.end(lease.key().text(), ticket);
        }
    }

    /** Gives a ticket back that came with a read and isn't needed. */
    void decline(TextKey<?> key, Ticket ticket) {
        if (isExclusive && ticket.isNew()) {
            remote.end(key.text(), ticket);
        }
    }

    /**
     * Completes, on the timer's thread or the one that closes the cache, when it is time to ask again.
     *
     * @param attempt how often it has been asked, from 0
     * @param keys for how many keys
     */
    CompletableFuture<Boolean> pause(int attempt, int keys) {
        CompletableFuture<Boolean> passed = new CompletableFuture<>();
        pauses.add(passed);
        int all = awaited.addAndGet(keys);
        passed.whenComplete((done, failure) -> {
            awaited.addAndGet(-keys);
            pauses.remove(passed);
        });
        long byTime =
                attempt < SOON ? Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt, MAX_DOUBLINGS)) : LATE_PAUSE;
        long full = Math.min(longestPause, Math.max(byTime, all * PAUSE_OF_KEY));
        long jittered = full / 2 + (long) (full / 2 * runtime.random().getAsDouble());
        try {
            runtime.scheduler().schedule(() -> passed.complete(true), jittered, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("The client was closed, so nobody waits for a lease any more", e);
            passed.complete(false);
        }
        if (remote.isClosed()) {
            passed.complete(false);
        }
        return passed;
    }

    /** Has everybody who waits ask again, once the shared tier is closed. */
    void close() {
        pauses.forEach(passed -> passed.complete(false));
    }
}
