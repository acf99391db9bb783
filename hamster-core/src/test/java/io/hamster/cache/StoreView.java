package io.hamster.cache;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** One instance's way to a store that others use too: it can be cut, and something can happen on the way back. */
final class StoreView implements CacheStore {

    /** The requests that were sent, by their names. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final CacheStore store;
    private volatile boolean isAway;
    private volatile Runnable afterNext = () -> {};
    private volatile CompletableFuture<Void> held = CompletableFuture.completedFuture(null);

    StoreView(CacheStore store) {
        this.store = store;
    }

    void setAway(boolean away) {
        isAway = away;
    }

    /** Does something after the store has done the next request and before that is known here. */
    void afterNext(Runnable action) {
        afterNext = action;
    }

    /** Keeps what the store answers from now on on the way; returns what lets it through. */
    Runnable holdAnswers() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        held = gate;
        return () -> {
            held = CompletableFuture.completedFuture(null);
            gate.complete(null);
        };
    }

    private <T> CompletionStage<T> asked(String what, Supplier<CompletionStage<T>> request) {
        asked.add(what);
        if (isAway) {
            return CompletableFuture.failedFuture(new CacheStoreUnavailableException("cut off", null));
        }
        CompletionStage<T> answer = request.get();
        Runnable action = afterNext;
        afterNext = () -> {};
        action.run();
        return answer.thenCombine(held, (done, passed) -> done);
    }

    @Override
    public CompletionStage<Lookup> get(String key) {
        return asked("get", () -> store.get(key));
    }

    @Override
    public CompletionStage<Ticket> ticket(String key) {
        return asked("ticket", () -> store.ticket(key));
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Ticket ticket) {
        return asked("renew", () -> store.renew(key, ticket));
    }

    @Override
    public CompletionStage<Boolean> end(String key, Ticket ticket) {
        return asked("end", () -> store.end(key, ticket));
    }

    @Override
    public CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket) {
        return asked("publish", () -> store.publish(key, loaded, ticket));
    }

    @Override
    public CompletionStage<Boolean> drop(String key, Ticket ticket) {
        return asked("drop", () -> store.drop(key, ticket));
    }

    @Override
    public CompletionStage<Void> put(String key, StoredEntry entry) {
        return asked("put", () -> store.put(key, entry));
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> putIfAbsent(
            String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return asked("putIfAbsent", () -> store.putIfAbsent(key, entry, rejected));
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> take(String key) {
        return asked("take", () -> store.take(key));
    }

    @Override
    public CompletionStage<Long> invalidate(Collection<String> keys) {
        return asked("invalidate", () -> store.invalidate(keys));
    }

    @Override
    public CompletionStage<Void> invalidateTags(Collection<String> tags) {
        return asked("invalidateTags", () -> store.invalidateTags(tags));
    }

    @Override
    public CompletionStage<Void> clear() {
        return asked("clear", () -> store.clear());
    }

    @Override
    public long undecodable() {
        return store.undecodable();
    }

    /** The store is the others' too. */
    @Override
    public void close() {}
}
