package io.hamster.spring.cache;

import io.hamster.cache.CacheTicket;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moments from before a method that updates caches. When it returns, its transaction may have committed a while ago, and
 * another one may have changed the same row and the cache since: then nobody knows whose value is newer.
 */
final class UpdateTickets {

    static final UpdateTickets NONE = new UpdateTickets(Map.of());
    /** Of a method that couldn't wait for those of a shared tier: what they would be for is dropped. */
    static final UpdateTickets MISSED = new UpdateTickets(Map.of());

    private final Map<UpdateOperation, Ticket> tickets;

    private UpdateTickets(Map<UpdateOperation, Ticket> tickets) {
        this.tickets = tickets;
    }

    static UpdateTickets take(CacheCall call) {
        if (call.plan().updates().isEmpty()) {
            return NONE;
        }
        Map<UpdateOperation, Ticket> tickets = new IdentityHashMap<>();
        for (UpdateOperation update : call.plan().updates()) {
            update.ticket(call).ifPresent(ticket -> tickets.put(update, ticket));
        }
        return new UpdateTickets(tickets);
    }

    /** The ticket of an update; {@code null} if there is none that holds for the key. */
    @Nullable
    CacheTicket<Object, Object> of(UpdateOperation update, Object key) {
        Ticket known = tickets.get(update);
        return known == null || known.key != null && !Objects.deepEquals(known.key, key) ? null : known.ticket;
    }

    /**
     * A cache's ticket.
     *
     * @param ticket the ticket
     * @param key what it is good for; {@code null} for every key
     */
    record Ticket(
            CacheTicket<Object, Object> ticket, @Nullable Object key) {}
}
