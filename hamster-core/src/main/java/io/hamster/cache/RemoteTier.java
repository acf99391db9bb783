package io.hamster.cache;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache's store as reads and changes see it. Reads never fail: a store that can't be asked, or that hasn't confirmed the
 * key's last change, has no answer. Changes that aren't confirmed are pending before their callers learn of it.
 */
final class RemoteTier {

    private static final Logger log = LoggerFactory.getLogger(RemoteTier.class);

    private final String cache;
    private final CacheStore store;
    private final PendingChanges pending;
    private final boolean isRelay;
    private volatile boolean closed;

    /**
     * Puts reads and changes before a store.
     *
     * @param isRelay whether the store only carries what is being loaded: then a change that it hasn't confirmed is none
     *     of its caller's concern
     */
    RemoteTier(String cache, CacheStore store, PendingChanges pending, boolean isRelay) {
        this.isRelay = isRelay;
        this.cache = cache;
        this.store = store;
        this.pending = pending;
    }

    boolean isClosed() {
        return closed;
    }

    PendingChanges pending() {
        return pending;
    }

    CompletionStage<Optional<Lookup>> get(String key) {
        return asked(key, () -> store.get(key));
    }

    CompletionStage<Optional<Ticket>> ticket(String key) {
        return asked(key, () -> store.ticket(key));
    }

    CompletionStage<Optional<Boolean>> publish(String key, StoredEntry entry, Ticket ticket) {
        return asked(key, () -> store.publish(key, entry, ticket));
    }

    CompletionStage<Optional<Boolean>> renew(String key, Ticket ticket) {
        return asked(key, () -> store.renew(key, ticket));
    }

    CompletionStage<Optional<Boolean>> end(String key, Ticket ticket) {
        // Also while a change of the key is pending: the ticket would keep everybody else waiting.
        return closed || store == NoStore.INSTANCE
                ? CompletableFuture.completedFuture(Optional.empty())
                : answered(store.end(key, ticket));
    }

    /**
     * Ends a ticket under which something was loaded that isn't to be kept.
     *
     * @param loaded handed to those who wait for it; if there is none, they load for themselves
     */
    CompletionStage<Optional<Boolean>> relay(String key, Optional<StoredEntry> loaded, Ticket ticket) {
        return asked(key, () -> store.relay(key, loaded, ticket));
    }

    /** Drops what the store still has of a key whose source has nothing to keep, unless somebody has put it meanwhile. */
    CompletionStage<Optional<Boolean>> drop(String key, Ticket ticket) {
        return asked(key, () -> store.drop(key, ticket));
    }

    private <T> CompletionStage<Optional<T>> asked(String key, Supplier<CompletionStage<T>> request) {
        if (closed || store == NoStore.INSTANCE || pending.concern(key)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return answered(request.get());
    }

    private <T> CompletionStage<Optional<T>> answered(CompletionStage<T> request) {
        return request.handle((answer, failure) -> {
            if (failure != null) {
                log.debug("Cache '{}' goes on without the shared tier", cache, failure);
            }
            return Optional.ofNullable(answer);
        });
    }

    /** Keeps a value whatever there is, for {@link #change}. */
    CompletionStage<Void> put(String key, StoredEntry entry) {
        return overtaking(List.of(key), () -> store.put(key, entry), done -> true);
    }

    /** Keeps a value unless there is one, for {@link #change}; what there is may be what a pending change should undo. */
    CompletionStage<Optional<StoredEntry>> putIfAbsent(String key, StoredEntry entry, Optional<StoredEntry> rejected) {
        return overtaking(List.of(key), () -> store.putIfAbsent(key, entry, rejected), Optional::isEmpty);
    }

    /** Removes a key, for {@link #change}. */
    CompletionStage<Optional<StoredEntry>> take(String key) {
        return overtaking(List.of(key), () -> store.take(key), there -> true);
    }

    /** Removes keys, for {@link #change}. */
    CompletionStage<Long> invalidate(Collection<String> keys) {
        return overtaking(keys, () -> store.invalidate(keys), count -> true);
    }

    /** Sends a change after which nothing that was pending of the keys has to be made up for: it would undo this one. */
    private <T> CompletionStage<T> overtaking(
            Collection<String> keys, Supplier<CompletionStage<T>> request, Predicate<T> isChanged) {
        long before = pending.last();
        return request.get().thenApply(answer -> {
            if (isChanged.test(answer)) {
                pending.overtaken(keys, before);
            }
            return answer;
        });
    }

    /**
     * Waits until the store has confirmed a change.
     *
     * @param nothing the answer of a closed cache
     * @throws CacheStoreUnavailableException if it hasn't; then the change is pending
     */
    <T> T change(Collection<String> keys, T nothing, Supplier<CompletionStage<T>> request) {
        return changed(nothing, request, () -> pending.add(keys));
    }

    /** Waits until the store has confirmed an invalidation of tags; whether it has. */
    boolean changeTags(Collection<String> tags) {
        return changed(false, () -> store.invalidateTags(tags).thenApply(done -> true), () -> pending.addTags(tags));
    }

    /** Waits until the store has confirmed a change of the whole cache; whether it has. */
    boolean changeAll() {
        return changed(false, () -> store.clear().thenApply(done -> true), pending::addAll);
    }

    private <T> T changed(T nothing, Supplier<CompletionStage<T>> request, Runnable remember) {
        if (closed) {
            return nothing;
        }
        try {
            return StoreAnswers.await(request.get());
        } catch (CacheStoreUnavailableException e) {
            return unconfirmed(nothing, remember, "it can't be reached: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unconfirmed(nothing, remember, "the thread was interrupted", e);
        }
    }

    private <T> T unconfirmed(T nothing, Runnable remember, String why, Exception cause) {
        remember.run();
        if (isRelay) {
            return nothing;
        }
        throw new CacheStoreUnavailableException(
                "Cache '" + cache + "' has made a change in its source and this instance, but the shared tier hasn't"
                        + " confirmed it, since " + why + "; it and the other instances follow when it is back",
                cause);
    }

    CacheStore store() {
        return store;
    }

    void close() {
        closed = true;
        pending.close();
        store.close();
    }
}
