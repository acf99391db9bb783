package io.hamster.cache.store;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A shared tier in this JVM, on a clock of the test's choice; what has run out is kept but never found. */
public final class MemoryCacheStore implements CacheStore {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Held> held = new HashMap<>();
    private final Map<String, Standing> tickets = new HashMap<>();
    private final Map<String, Long> tags = new HashMap<>();
    private final TimeSource time;
    private final Duration ticketTtl;
    private long clock;
    private boolean isAway;

    public MemoryCacheStore(TimeSource time, Duration ticketTtl) {
        this.time = time;
        this.ticketTtl = ticketTtl;
    }

    /** Has every request fail from now on, or none. */
    public void setAway(boolean away) {
        lock.lock();
        try {
            isAway = away;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Lookup> get(String key) {
        return done(() -> {
            Optional<StoredEntry> found = read(key);
            return found.isPresent() && !found.get().isExpired()
                    ? new Lookup.Hit(found.get())
                    : new Lookup.Miss(board(key), found);
        });
    }

    @Override
    public CompletionStage<Ticket> ticket(String key) {
        return done(() -> board(key));
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Ticket ticket) {
        return done(() -> {
            Standing standing = standing(key);
            if (standing == null || !standing.id.equals(ticket.id())) {
                return false;
            }
            tickets.put(key, new Standing(standing.id, endOfNewTickets(), standing.stamp));
            return true;
        });
    }

    @Override
    public CompletionStage<Boolean> end(String key, Ticket ticket) {
        return done(() -> {
            Standing standing = standing(key);
            return standing != null && standing.id.equals(ticket.id()) && tickets.remove(key) != null;
        });
    }

    @Override
    public CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket) {
        return done(() -> {
            Standing standing = standing(key);
            if (standing == null || !standing.id.equals(ticket.id())) {
                return false;
            }
            tickets.remove(key);
            Held made = new Held(loaded, time.nanoTime(), standing.stamp);
            if (isTouched(made)) {
                return false;
            }
            held.put(key, made);
            return true;
        });
    }

    @Override
    public CompletionStage<Boolean> drop(String key, Ticket ticket) {
        return done(() -> {
            Standing standing = standing(key);
            if (standing == null || !standing.id.equals(ticket.id())) {
                return false;
            }
            remove(key);
            return true;
        });
    }

    @Override
    public CompletionStage<Void> put(String key, StoredEntry entry) {
        return done(() -> {
            keep(key, entry);
            return null;
        });
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> putIfAbsent(
            String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return done(() -> {
            Optional<StoredEntry> there = live(key)
                    .filter(found -> found.payload().isPresent())
                    .filter(found -> rejected.filter(found::hasPayloadOf).isEmpty());
            if (there.isEmpty()) {
                keep(key, entry);
            }
            return there;
        });
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> take(String key) {
        return done(() -> remove(key));
    }

    @Override
    public CompletionStage<Long> invalidate(Collection<String> keys) {
        return done(() ->
                keys.stream().map(this::remove).filter(Optional::isPresent).count());
    }

    @Override
    public CompletionStage<Void> invalidateTags(Collection<String> invalidated) {
        return done(() -> {
            clock++;
            invalidated.forEach(tag -> tags.put(tag, clock));
            return null;
        });
    }

    @Override
    public CompletionStage<Void> clear() {
        return done(() -> {
            held.clear();
            tickets.clear();
            return null;
        });
    }

    @Override
    public void close() {
        setAway(true);
    }

    private <T> CompletionStage<T> done(Supplier<T> step) {
        lock.lock();
        try {
            return isAway
                    ? CompletableFuture.failedFuture(new CacheStoreUnavailableException("The store is away", null))
                    : CompletableFuture.completedFuture(step.get());
        } finally {
            lock.unlock();
        }
    }

    private void keep(String key, StoredEntry entry) {
        tickets.remove(key);
        held.put(key, new Held(entry, time.nanoTime(), clock));
    }

    private Optional<StoredEntry> remove(String key) {
        Optional<StoredEntry> found = live(key);
        tickets.remove(key);
        held.remove(key);
        return found;
    }

    private Optional<StoredEntry> live(String key) {
        return read(key).filter(found -> !found.isExpired());
    }

    private Optional<StoredEntry> read(String key) {
        Held found = held.get(key);
        return found == null || isTouched(found) ? Optional.empty() : found.now(time.nanoTime());
    }

    private boolean isTouched(Held found) {
        return found.entry.tags().stream().anyMatch(tag -> tags.getOrDefault(tag, 0L) > found.stamp);
    }

    private Ticket board(String key) {
        Standing standing = standing(key);
        if (standing != null) {
            return new Ticket(standing.id, false);
        }
        Standing made = new Standing("ticket-" + ++clock, endOfNewTickets(), clock);
        tickets.put(key, made);
        return new Ticket(made.id, true);
    }

    private long endOfNewTickets() {
        return time.nanoTime() + ticketTtl.toNanos();
    }

    private @Nullable Standing standing(String key) {
        Standing found = tickets.get(key);
        return found == null || found.endsAt - time.nanoTime() <= 0 ? null : found;
    }

    private record Standing(String id, long endsAt, long stamp) {}

    private record Held(StoredEntry entry, long since, long stamp) {

        private Optional<StoredEntry> now(long now) {
            Duration held = Duration.ofNanos(now - since);
            Duration left = entry.retention().minus(held);
            return left.isZero() || left.isNegative()
                    ? Optional.empty()
                    : Optional.of(new StoredEntry(
                            entry.payload(), entry.age().plus(held), entry.ttl().minus(held), left, entry.tags()));
        }
    }
}
