package io.hamster.cache.lease;

import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is kept of a key: the ticket that stands, and what was loaded last. */
final class Book {

    private @Nullable String ticket;
    private long endsAt;
    private long stamp;

    private @Nullable StoredEntry loaded;
    private long since;
    private long loadedStamp;

    /** The ticket that stands; {@code null} if none does. */
    @Nullable
    String ticket(long now) {
        if (ticket != null && endsAt - now <= 0) {
            ticket = null;
        }
        return ticket;
    }

    boolean has(String id, long now) {
        return id.equals(ticket(now));
    }

    void board(String id, long until, long at) {
        ticket = id;
        endsAt = until;
        stamp = at;
    }

    void renew(long until) {
        endsAt = until;
    }

    void end() {
        ticket = null;
    }

    /** When the ticket was given. */
    long stamp() {
        return stamp;
    }

    /** Ends the ticket, and keeps what was loaded under it. */
    void keep(StoredEntry entry, long now) {
        loaded = entry;
        since = now;
        loadedStamp = stamp;
        ticket = null;
    }

    /** When the ticket was given under which it was loaded. */
    long loadedStamp() {
        return loadedStamp;
    }

    /** As it is now; empty if there is none any more. */
    Optional<StoredEntry> loaded(long now) {
        if (loaded == null) {
            return Optional.empty();
        }
        Duration held = Duration.ofNanos(now - since);
        Duration ttl = loaded.ttl().minus(held);
        if (ttl.isZero() || ttl.isNegative()) {
            return Optional.empty();
        }
        return Optional.of(new StoredEntry(
                loaded.payload(),
                loaded.age().plus(held),
                ttl,
                loaded.retention().minus(held),
                loaded.tags()));
    }

    /** The size of what was loaded. */
    int bytes() {
        return loaded == null ? 0 : loaded.payload().map(bytes -> bytes.length).orElse(0);
    }
}
