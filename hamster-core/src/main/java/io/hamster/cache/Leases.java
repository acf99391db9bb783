package io.hamster.cache;

import io.hamster.cache.store.CacheStore.Ticket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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

    private final CacheRuntime runtime;
    private final RemoteTier remote;
    private final boolean isExclusive;
    private final long renewalPeriod;
    private final long longestLoad;
    /** What would never be over if the timers were stopped. */
    private final Set<CompletableFuture<Boolean>> pauses = ConcurrentHashMap.newKeySet();

    Leases(CachePolicy policy, CacheRuntime runtime, RemoteTier remote) {
        this.runtime = runtime;
        this.remote = remote;
        this.isExclusive = policy.loadScope() == LoadScope.CLUSTER;
        this.longestLoad = policy.hardTimeout().map(Durations::nanos).orElse(Durations.FOREVER);
        this.renewalPeriod = Durations.nanos(SharedCaches.ticketTtl(policy)) / 3;
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

    /** Completes, on the timer's thread or the one that closes the cache, when it is time to ask again. */
    CompletableFuture<Boolean> pause(int attempt) {
        CompletableFuture<Boolean> passed = new CompletableFuture<>();
        pauses.add(passed);
        passed.whenComplete((done, failure) -> pauses.remove(passed));
        long full = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt, MAX_DOUBLINGS));
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
