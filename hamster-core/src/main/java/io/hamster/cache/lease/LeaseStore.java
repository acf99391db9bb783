package io.hamster.cache.lease;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** One cache's leases. Of values it has only what was loaded lately; those that are put are changes, no more. */
final class LeaseStore implements CacheStore {

    /** The largest value that is handed on. */
    static final int MOST_BYTES = 4 << 20;

    private static final int KEYS_AT_ONCE = 1000;

    private final LeaseGroup group;
    private final String cache;
    private final long ticketTtl;
    private final String life;
    /** Of calls and tickets, from 1. */
    private final AtomicLong numbers = new AtomicLong();

    /** The keys of the tickets that this store has got and not ended. */
    private final Map<String, String> own = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /**
     * Opens the leases of a cache.
     *
     * @param cache its name and version
     * @param life tells this store, as one who asks, from all others
     */
    LeaseStore(LeaseGroup group, String cache, Duration ticketTtl, String life) {
        this.group = group;
        this.cache = cache;
        this.ticketTtl = ticketTtl.toNanos();
        this.life = life;
    }

    @Override
    public CompletionStage<Lookup> get(String key) {
        return sought(key, false);
    }

    @Override
    public CompletionStage<Ticket> ticket(String key) {
        return sought(key, true).thenApply(lookup -> ((Lookup.Miss) lookup).ticket());
    }

    private CompletionStage<Lookup> sought(String key, boolean anyway) {
        long call = numbers.incrementAndGet();
        return askOwner(
                        key,
                        view -> new Question.Ask(
                                view, cache, key, life, call, numbers.incrementAndGet(), anyway, ticketTtl))
                .thenApply(answered -> {
                    if (answered.reply() instanceof Reply.Value value && !anyway) {
                        return new Lookup.Hit(value.entry());
                    }
                    if (answered.reply() instanceof Reply.Standing standing) {
                        boolean isNew = standing.id().equals(((Question.Ask) answered.question()).id());
                        if (isNew) {
                            got(key, standing.id());
                        }
                        return new Lookup.Miss(new Ticket(standing.id(), isNew), Optional.empty());
                    }
                    throw unexpected(answered.reply());
                });
    }

    private void got(String key, String id) {
        own.put(id, key);
        if (closed) {
            giveBack();
        }
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Ticket ticket) {
        return asked(key, view -> new Question.Renew(view, cache, key, ticket.id(), ticketTtl));
    }

    @Override
    public CompletionStage<Boolean> end(String key, Ticket ticket) {
        own.remove(ticket.id());
        return asked(key, view -> new Question.End(view, cache, key, ticket.id(), false));
    }

    @Override
    public CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket) {
        return handOn(key, Optional.of(loaded), ticket, false);
    }

    @Override
    public CompletionStage<Boolean> drop(String key, Ticket ticket) {
        return end(key, ticket);
    }

    @Override
    public CompletionStage<Boolean> relay(String key, Optional<StoredEntry> loaded, Ticket ticket) {
        return handOn(key, loaded, ticket, true);
    }

    private CompletionStage<Boolean> handOn(
            String key, Optional<StoredEntry> loaded, Ticket ticket, boolean onlyToWaiting) {
        own.remove(ticket.id());
        StoredEntry entry = loaded.filter(
                        there -> there.payload().map(bytes -> bytes.length).orElse(0) <= MOST_BYTES)
                .orElse(null);
        return entry == null
                ? asked(key, view -> new Question.End(view, cache, key, ticket.id(), true))
                        .thenApply(ended -> ended && onlyToWaiting)
                : asked(key, view -> new Question.Publish(view, cache, key, ticket.id(), onlyToWaiting, entry));
    }

    @Override
    public CompletionStage<Void> put(String key, StoredEntry entry) {
        return invalidate(List.of(key)).thenAccept(found -> {});
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> putIfAbsent(
            String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return invalidate(List.of(key)).thenApply(found -> Optional.empty());
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> take(String key) {
        return invalidate(List.of(key)).thenApply(found -> Optional.empty());
    }

    @Override
    public CompletionStage<Long> invalidate(Collection<String> keys) {
        List<String> all = List.copyOf(keys);
        CompletionStage<Long> found = CompletableFuture.completedFuture(0L);
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            Set<String> some = new LinkedHashSet<>(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE)));
            found = found.thenCombine(told(view -> new Question.Drop(view, cache, some)), Long::sum);
        }
        return found;
    }

    @Override
    public CompletionStage<Void> invalidateTags(Collection<String> tags) {
        Set<String> some = Set.copyOf(tags);
        return told(view -> new Question.DropTags(view, cache, some)).thenAccept(noted -> {});
    }

    @Override
    public CompletionStage<Void> clear() {
        return told(view -> new Question.DropAll(view, cache)).thenAccept(noted -> {});
    }

    /** The group goes on: its other members may ask this node for this cache. */
    @Override
    public void close() {
        closed = true;
        giveBack();
    }

    /** Nobody publishes under its tickets any more, but others may wait for that. */
    private void giveBack() {
        own.forEach((id, key) -> {
            if (own.remove(id, key)) {
                askGroup(key, view -> new Question.End(view, cache, key, id, false));
            }
        });
    }

    private CompletionStage<Boolean> asked(String key, Function<String, Question> question) {
        return askOwner(key, question).thenApply(answered -> {
            if (answered.reply() instanceof Reply.Count count) {
                return count.number() > 0;
            }
            throw unexpected(answered.reply());
        });
    }

    private CompletionStage<LeaseGroup.Answered> askOwner(String key, Function<String, Question> question) {
        return whileOpen(() -> askGroup(key, question));
    }

    private CompletionStage<LeaseGroup.Answered> askGroup(String key, Function<String, Question> question) {
        return group.askOwner(cache, key, circle -> question.apply(circle.view().id()));
    }

    private CompletionStage<Long> told(Function<String, Question> change) {
        return whileOpen(
                () -> group.tellAll(circle -> change.apply(circle.view().id())));
    }

    private <T> CompletionStage<T> whileOpen(Supplier<CompletionStage<T>> request) {
        return closed
                ? CompletableFuture.failedFuture(LeaseGroup.unavailable("the cache is closed", null))
                : request.get();
    }

    private static RuntimeException unexpected(Reply reply) {
        return LeaseGroup.unavailable("the answer is a " + reply.getClass().getSimpleName(), null);
    }
}
