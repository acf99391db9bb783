package io.hamster.cache.lease;

import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a key: the ticket that stands, who waits for it, and what was loaded last. Those who waited while
 * that was loaded are known for as long as a ticket: they are given it even if it isn't for anybody else, or not any
 * more. Each is once, but in one call as often as it asks, since answers may be lost.
 */
final class Book {

    /** The objects around a key, about. */
    private static final int BYTES = 300;

    /** Of a text without its characters, and of a place in a set. */
    private static final int BYTES_OF_TEXT = 80;

    private static final int BYTES_OF_PLACE = 40;

    /** In the place of a call until there is one. */
    private static final long NO_CALL = 0;

    /** What is left of a time to live that is over. */
    private static final Duration MOMENT = Duration.ofNanos(1);

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
    /** Until when it is for all. */
    private long openUntil;
    /** Until when it is for those who waited for it. */
    private long awaitedUntil;
    /** Those who waited for it, each with the call that has been given it. */
    private final Map<String, Long> awaited = new HashMap<>(2);

    /** Those who are to load for themselves, each with the call that has been told so. */
    private final Map<String, Long> alone = new HashMap<>(2);

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
        moveWaiting(alone);
        aloneUntil = now + lasts;
    }

    private void moveWaiting(Map<String, Long> to) {
        waiting.forEach(asker -> to.put(asker, NO_CALL));
        waiting.clear();
    }

    /** Whether one who asks is to load for itself. */
    boolean isAlone(Question.Ask ask, long now) {
        forgetAlone(now);
        return isAmong(alone, ask);
    }

    /** When the ticket was given. */
    long stamp() {
        return stamp;
    }

    /** Ends the ticket, and keeps what was loaded under it. */
    void keep(StoredEntry entry, boolean onlyToWaiting, long now) {
        // Those who were still to come for what was loaded before get this, which is later.
        forgetLoaded(now);
        moveWaiting(awaited);
        ticket = null;
        loaded = entry;
        bytesOfLoaded = bytes(entry);
        since = now;
        loadedStamp = stamp;
        long ttl = entry.ttl().toNanos();
        openUntil = onlyToWaiting ? now : now + ttl;
        awaitedUntil = now + Math.max(ttl, lasts);
    }

    /** When the ticket was given under which it was loaded. */
    long loadedStamp() {
        return loadedStamp;
    }

    /** As it is now; empty if nobody is to have it any more. */
    Optional<StoredEntry> loaded(long now) {
        forgetLoaded(now);
        if (loaded == null) {
            return Optional.empty();
        }
        Duration held = Duration.ofNanos(now - since);
        Duration ttl = longer(loaded.ttl().minus(held), MOMENT);
        return Optional.of(new StoredEntry(
                loaded.payload(),
                loaded.age().plus(held),
                ttl,
                longer(loaded.retention().minus(held), ttl),
                loaded.tags()));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private void forgetLoaded(long now) {
        boolean isAwaited = !awaited.isEmpty() && awaitedUntil - now > 0;
        if (openUntil - now <= 0 && !isAwaited) {
            loaded = null;
            bytesOfLoaded = 0;
            awaited.clear();
        }
    }

    /** Whether what was loaded is for one who asks: if it waited for that, whatever is left of its life. */
    boolean isFor(Question.Ask ask, long now) {
        return isAmong(awaited, ask) || openUntil - now > 0;
    }

    /** Whether one who asks is known and this is its first call since then. */
    private static boolean isAmong(Map<String, Long> those, Question.Ask ask) {
        Long call = those.computeIfPresent(ask.asker(), (asker, first) -> first == NO_CALL ? ask.call() : first);
        return call != null && call == ask.call();
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
        int places = waiting.size() + alone.size() + awaited.size();
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
