package io.hamster.spring.cache;

import io.hamster.annotation.CacheUpdate;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.Tier;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A parsed {@link CacheUpdate}. */
record UpdateOperation(
        NamedCache named, CacheExpression key, @Nullable CacheExpression condition, EntryRule entry) {

    private static final Logger log = LoggerFactory.getLogger(UpdateOperation.class);

    /** Whether {@link #ticket} has to ask a shared tier. */
    boolean asksForTicket() {
        HamsterCache<Object, Object> cache = named.get();
        return cache.policy().tier() != Tier.LOCAL
                && !CacheChanges.leasesTickets(cache)
                && !CacheChanges.writes(cache)
                && !key.usesResult();
    }

    /**
     * Marks the moment before the method; empty if what goes through a writer is in order by itself, or if nobody knows
     * the key yet where that is needed.
     */
    Optional<UpdateTickets.Ticket> ticket(CacheCall call) {
        HamsterCache<Object, Object> cache = named.get();
        if (!asksForTicket()) {
            return cache.policy().tier() != Tier.LOCAL || CacheChanges.writes(cache)
                    ? Optional.empty()
                    : Optional.of(new UpdateTickets.Ticket(cache.ticket(), null));
        }
        try {
            Object early = MethodKeys.of(cache, key.key(call, null));
            return Optional.of(new UpdateTickets.Ticket(cache.ticket(early), early));
        } catch (RuntimeException e) {
            // A key that only the method sets is no reason not to run it.
            log.debug("Cache '{}' is updated without a ticket", named.name(), e);
            return Optional.empty();
        }
    }

    /** The change that a call's result makes, or empty when it makes none. */
    Optional<CacheChange> change(CacheCall call, @Nullable Object result, UpdateTickets tickets) {
        if ((condition != null && !condition.isTrue(call, result)) || entry.isRefused(call, result)) {
            return Optional.empty();
        }
        Object late = MethodKeys.of(named.get(), key.key(call, result));
        if (tickets == UpdateTickets.MISSED && asksForTicket()) {
            return Optional.of(new CacheChange.Drop(named.get(), Set.of(late)));
        }
        return Optional.of(new CacheChange.Put(
                named.get(), late, Optional.ofNullable(result), entry.options(call, result), tickets.of(this, late)));
    }
}
