package io.hamster.cache;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.StoredEntry;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The store of caches that share nothing but the news of their changes: it holds nothing and agrees to everything. */
enum NoStore implements CacheStore {
    INSTANCE;

    private static final Ticket TICKET = new Ticket("", true);

    @Override
    public CompletionStage<Lookup> get(String key) {
        return done(new Lookup.Miss(TICKET, Optional.empty()));
    }

    @Override
    public CompletionStage<Ticket> ticket(String key) {
        return done(TICKET);
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Ticket ticket) {
        return done(true);
    }

    @Override
    public CompletionStage<Boolean> end(String key, Ticket ticket) {
        return done(true);
    }

    @Override
    public CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket) {
        return done(false);
    }

    @Override
    public CompletionStage<Boolean> drop(String key, Ticket ticket) {
        return done(true);
    }

    @Override
    public CompletionStage<Void> put(String key, StoredEntry entry) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> putIfAbsent(
            String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return done(Optional.empty());
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> take(String key) {
        return done(Optional.empty());
    }

    @Override
    public CompletionStage<Long> invalidate(Collection<String> keys) {
        return done(0L);
    }

    @Override
    public CompletionStage<Void> invalidateTags(Collection<String> tags) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> clear() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}

    private static <T> CompletionStage<T> done(T answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
