package io.hamster.cache.store;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A store whose answers to reads and loads are late now and then, as over a bad network. Can be made to keep every loaded
 * value, whatever has happened to its key: a planted fault.
 */
public record FlawedCacheStore(CacheStore store, ScheduledExecutorService scheduler, boolean keepsAll)
        implements CacheStore {

    private static final double LATE = 0.1;
    private static final long LONGEST_DELAY_NANOS = 60_000_000;

    private <T> CompletionStage<T> late(CompletionStage<T> answer) {
        if (ThreadLocalRandom.current().nextDouble() >= LATE) {
            return answer;
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        answer.whenComplete((value, failure) -> scheduler.schedule(
                () -> failure == null ? result.complete(value) : result.completeExceptionally(failure),
                ThreadLocalRandom.current().nextLong(LONGEST_DELAY_NANOS),
                TimeUnit.NANOSECONDS));
        return result;
    }

    @Override
    public CompletionStage<Lookup> get(String key) {
        return late(store.get(key));
    }

    @Override
    public CompletionStage<Ticket> ticket(String key) {
        return late(store.ticket(key));
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Ticket ticket) {
        return store.renew(key, ticket);
    }

    @Override
    public CompletionStage<Boolean> end(String key, Ticket ticket) {
        return store.end(key, ticket);
    }

    @Override
    public CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket) {
        return late(keepsAll ? store.put(key, loaded).thenApply(done -> true) : store.publish(key, loaded, ticket));
    }

    @Override
    public CompletionStage<Boolean> drop(String key, Ticket ticket) {
        return late(store.drop(key, ticket));
    }

    @Override
    public CompletionStage<Void> put(String key, StoredEntry entry) {
        return store.put(key, entry);
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> putIfAbsent(
            String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return store.putIfAbsent(key, entry, rejected);
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> take(String key) {
        return store.take(key);
    }

    @Override
    public CompletionStage<Long> invalidate(Collection<String> keys) {
        return store.invalidate(keys);
    }

    @Override
    public CompletionStage<Void> invalidateTags(Collection<String> tags) {
        return store.invalidateTags(tags);
    }

    @Override
    public CompletionStage<Void> clear() {
        return store.clear();
    }

    @Override
    public long undecodable() {
        return store.undecodable();
    }

    @Override
    public void close() {
        store.close();
    }
}
