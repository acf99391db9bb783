package io.hamster.cache.lease;

import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a key: the ticket that stands, who waits for it, and what was loaded last. Those who waited while
 * something was loaded that isn't for anybody else are known until they have asked again, or for as long as a ticket.
 */
final class Book {

    /** The objects around a key, about. */
    private static final int BYTES = 300;

    /** Of a text without its characters, and of a place in a set. */
    private static final int BYTES_OF_TEXT = 80;

    private static final int BYTES_OF_PLACE = 40;

    private final long bytesOfKey;
    private long bytesOfLoaded;
    private long counted;

    private @Nullable String ticket;
    private long lasts;
    private long endsAt;
    private long stamp;
    /** Of these each may have given up meanwhile. */
    private final Set<String> waiting = new HashSet<>(2);

    private @Nullable StoredEntry loaded;
    private long since;
    private long loadedStamp;
    /** For whom it is; {@code null} for all. */
    private @Nullable Set<String> onlyFor;

    /** Those who are to load for themselves. */
    private final Set<String> alone = new HashSet<>(2);

    private long aloneUntil;

    Book(String key) {
        this.bytesOfKey = bytes(key);
    }

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

    /** Creates the ticket of one who asks. */
    void board(Question.Ask ask, long now, long at) {
        ticket = ask.id();
        lasts = ask.ttl();
        endsAt = now + lasts;
        stamp = at;
        waiting.remove(ask.asker());
    }

    /** Remembers that somebody waits for what is loaded under the ticket. */
    void await(String asker) {
        waiting.add(asker);
    }

    void renew(long until) {
        endsAt = until;
    }

    void end() {
        ticket = null;
    }

    /** Ends the ticket: whoever waits loads for itself. */
    void endAlone(long now) {
        ticket = null;
        alone.addAll(waiting);
        waiting.clear();
        aloneUntil = now + lasts;
    }

    /** Whether one who asks is to load for itself, which it is told once. */
    boolean isAlone(String asker, long now) {
        forgetAlone(now);
        return alone.remove(asker);
    }

    /** When the ticket was given. */
    long stamp() {
        return stamp;
    }

    /** Ends the ticket, and keeps what was loaded under it. */
    void keep(StoredEntry entry, boolean onlyToWaiting, long now) {
        Set<String> those = new HashSet<>(waiting);
        if (onlyFor != null) {
            // They are still to come, and this is the later value.
            those.addAll(onlyFor);
        }
        waiting.clear();
        ticket = null;
        loaded = entry;
        bytesOfLoaded = bytes(entry);
        since = now;
        loadedStamp = stamp;
        onlyFor = onlyToWaiting ? those : null;
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
        if (ttl.isZero() || ttl.isNegative() || (onlyFor != null && onlyFor.isEmpty())) {
            loaded = null;
            bytesOfLoaded = 0;
            return Optional.empty();
        }
        return Optional.of(new StoredEntry(
                loaded.payload(),
                loaded.age().plus(held),
                ttl,
                loaded.retention().minus(held),
                loaded.tags()));
    }

    /** Whether what was loaded is for one who asks; told once where it isn't for all. */
    boolean isFor(String asker) {
        return onlyFor == null || onlyFor.remove(asker);
    }

    /** Whether nothing is left that somebody might ask for. */
    boolean isOver(long now) {
        forgetAlone(now);
        return ticket(now) == null && loaded(now).isEmpty() && alone.isEmpty();
    }

    private void forgetAlone(long now) {
        if (aloneUntil - now <= 0) {
            alone.clear();
        }
    }

    /** By how many bytes of memory, about, it has grown since this was asked before. */
    long growth() {
        int places = waiting.size() + alone.size() + (onlyFor == null ? 0 : onlyFor.size());
        long before = counted;
        counted = BYTES + bytesOfKey + (long) places * BYTES_OF_PLACE + bytesOfLoaded;
        return counted - before;
    }

    /** How large it was when its growth was asked for. */
    long counted() {
        return counted;
    }

    /** By how much a value would let it grow, about. */
    long growthBy(StoredEntry entry) {
        return bytes(entry) - bytesOfLoaded;
    }

    private static long bytes(StoredEntry entry) {
        return entry.payload().map(payload -> payload.length).orElse(0)
                + entry.tags().stream().mapToLong(Book::bytes).sum();
    }

    private static long bytes(String text) {
        return BYTES_OF_TEXT + text.length();
    }
}
