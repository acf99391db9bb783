package io.hamster.cache;

import io.hamster.CodecException;
import io.hamster.cache.StoredValues.Relayed;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings to the shared tier what was loaded: to be kept there, or only to be handed on. */
final class LoadedValues<V> {

    private static final Logger log = LoggerFactory.getLogger(LoadedValues.class);

    private final String cache;
    private final CacheRuntime runtime;
    private final RemoteTier remote;
    private final StoredValues<V> values;
    private final Leases leases;
    private final Counters counters;
    private final boolean keepsHere;
    private final boolean isRelay;
    private volatile boolean isUnencodable;

    LoadedValues(
            String cache,
            CachePolicy policy,
            CacheRuntime runtime,
            RemoteTier remote,
            StoredValues<V> values,
            Leases leases,
            Counters counters) {
        this.cache = cache;
        this.runtime = runtime;
        this.remote = remote;
        this.values = values;
        this.leases = leases;
        this.counters = counters;
        this.keepsHere = policy.tier() != Tier.REMOTE;
        this.isRelay = policy.tier() == Tier.LOCAL;
    }

    /** What is kept in this JVM of what the shared tier keeps. */
    EntryOptions here(EntryOptions options) {
        return keepsHere ? options : options.notCached();
    }

    /**
     * Brings one value.
     *
     * @param began when its load did
     * @return the options with which it is kept here
     * @throws CodecException if the value can't be encoded but is to be kept there
     */
    CompletionStage<EntryOptions> bring(Lease lease, Optional<V> value, EntryOptions options, long began) {
        Ticket ticket = lease.ticket();
        if (ticket == null) {
            return CompletableFuture.completedFuture(here(options));
        }
        Duration age = Duration.ofNanos(runtime.time().nanoTime() - began);
        return isRelay
                ? handedOn(lease, ticket, value, options, age).thenApply(done -> options)
                : kept(lease, ticket, value, options, age);
    }

    private CompletionStage<EntryOptions> kept(
            Lease lease, Ticket ticket, Optional<V> value, EntryOptions options, Duration age) {
        String text = lease.key().text();
        StoredEntry entry = values.entry(value, options, age);
        lease.stopRenewing();
        if (entry == null) {
            return dropped(lease, ticket).thenApply(done -> options);
        }
        return remote.publish(text, entry, ticket)
                .thenApply(done -> endedUnless(done, lease))
                .thenApply(done -> done.orElse(true) ? here(options.lasting(entry.ttl())) : options.notCached());
    }

    /** Nothing is to be kept. What the store still has goes under the ticket: ended first, it would prove nothing. */
    private CompletionStage<Optional<Boolean>> dropped(Lease lease, Ticket ticket) {
        if (!lease.replaces()) {
            leases.end(lease);
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return remote.drop(lease.key().text(), ticket).thenApply(done -> endedUnless(done, lease));
    }

    /** Whoever waits for what hasn't reached the store needn't until the ticket runs out. */
    private Optional<Boolean> endedUnless(Optional<Boolean> done, Lease lease) {
        if (done.isEmpty()) {
            leases.end(lease);
        }
        return done;
    }

    /** To those who wait for it and, if it is to be kept, to those who soon ask for it. */
    private CompletionStage<Optional<Boolean>> handedOn(
            Lease lease, Ticket ticket, Optional<V> value, EntryOptions options, Duration age) {
        String text = lease.key().text();
        Optional<Relayed> relayed = relayed(value, options, age);
        lease.stopRenewing();
        CompletionStage<Optional<Boolean>> answer =
                relayed.isPresent() && relayed.get().isKept()
                        ? remote.publish(text, relayed.get().entry(), ticket)
                        : remote.relay(text, relayed.map(Relayed::entry), ticket);
        return answer.thenApply(done -> endedUnless(done, lease));
    }

    /** That it can't be handed on is no reason to fail for those who loaded it. */
    private Optional<Relayed> relayed(Optional<V> value, EntryOptions options, Duration age) {
        try {
            Relayed relayed = values.relayed(value, options, age);
            isUnencodable = false;
            return Optional.of(relayed);
        } catch (CodecException e) {
            counters.loadsAlone.increment();
            if (!isUnencodable) {
                isUnencodable = true;
                log.warn(
                        "Cache '{}' can't hand on to other instances what it loads: each loads for itself; correct its"
                                + " valueType",
                        cache,
                        e);
            }
            return Optional.empty();
        }
    }
}
