package io.hamster.cache;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.StoredEntry;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A store behind a circuit, which it shares with the stores of other caches. */
record CircuitCacheStore(CacheStore store, StoreCircuit circuit) implements CacheStore {

    @Override
    public CompletionStage<Lookup> get(String key) {
        return circuit.guarded(() -> store.get(key));
    }

    @Override
    public CompletionStage<Ticket> ticket(String key) {
        return circuit.guarded(() -> store.ticket(key));
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Ticket ticket) {
        return circuit.guarded(() -> store.renew(key, ticket));
    }

    @Override
    public CompletionStage<Boolean> end(String key, Ticket ticket) {
        return circuit.guarded(() -> store.end(key, ticket));
    }

    @Override
    public CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket) {
        return circuit.guarded(() -> store.publish(key, loaded, ticket));
    }

    @Override
    public CompletionStage<Boolean> drop(String key, Ticket ticket) {
        return circuit.guarded(() -> store.drop(key, ticket));
    }

    @Override
    public CompletionStage<Boolean> relay(String key, Optional<StoredEntry> loaded, Ticket ticket) {
        return circuit.guarded(() -> store.relay(key, loaded, ticket));
    }

    @Override
    public CompletionStage<Void> put(String key, StoredEntry entry) {
        return circuit.guarded(() -> store.put(key, entry));
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> putIfAbsent(
            String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return circuit.guarded(() -> store.putIfAbsent(key, entry, rejected));
    }

    @Override
    public CompletionStage<Optional<StoredEntry>> take(String key) {
        return circuit.guarded(() -> store.take(key));
    }

    @Override
    public CompletionStage<Long> invalidate(Collection<String> keys) {
        return circuit.guarded(() -> store.invalidate(keys));
    }

    @Override
    public CompletionStage<Void> invalidateTags(Collection<String> tags) {
        return circuit.guarded(() -> store.invalidateTags(tags));
    }

    @Override
    public CompletionStage<Void> clear() {
        return circuit.guarded(store::clear);
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
