package io.hamster.cache;

import io.hamster.cache.SharedChanges.Put;
import io.hamster.cache.store.CacheStore.Ticket;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the tickets of a shared cache. One without the store's own proves nothing there, so it is refused. */
final class SharedTickets<K, V> {

    private final KeyTexts<K> texts;
    private final LocalTier<TextKey<K>, V> tier;
    private final RemoteTier remote;
    private final SharedChanges<K, V> changes;
    private final KeyGuard<K> guard;
    private final @Nullable DirtyReads<K, V> dirty;
    private final Counters counters;
    private final boolean keepsHere;
    private final boolean isRelay;

    SharedTickets(
            CachePolicy policy,
            KeyTexts<K> texts,
            LocalTier<TextKey<K>, V> tier,
            RemoteTier remote,
            SharedChanges<K, V> changes,
            KeyGuard<K> guard,
            @Nullable DirtyReads<K, V> dirty,
            Counters counters) {
        this.dirty = dirty;
        this.texts = texts;
        this.tier = tier;
        this.remote = remote;
        this.changes = changes;
        this.guard = guard;
        this.counters = counters;
        this.keepsHere = policy.tier() != Tier.REMOTE;
        this.isRelay = policy.tier() == Tier.LOCAL;
    }

    CacheTicket<K, V> anyKey() {
        return isRelay ? new OfRelay(tier.origin()) : new OfStore(tier.origin(), null, null);
    }

    CacheTicket<K, V> of(K key) {
        TextKey<K> text = texts.required(key);
        Origin origin = tier.origin(text);
        if (isRelay) {
            return new OfRelay(origin);
        }
        Ticket ticket = remote.ticket(text.text()).toCompletableFuture().join().orElse(null);
        return new OfStore(origin, text, ticket);
    }

    private Put<K, V> prepared(TextKey<K> key, Optional<V> value, EntryOptions options) {
        return changes.prepared(key, value.orElse(null), options);
    }

    /** Asked after the ticket was taken: a write that comes later ends that. */
    private boolean isDirty(K key) {
        return dirty != null && dirty.isDirty(key);
    }

    private final class OfStore implements CacheTicket<K, V> {

        private final Origin origin;
        private final @Nullable TextKey<K> own;
        private final @Nullable Ticket ticket;

        private OfStore(Origin origin, @Nullable TextKey<K> own, @Nullable Ticket ticket) {
            this.origin = origin;
            this.own = own;
            this.ticket = ticket;
        }

        @Override
        public boolean publish(K key, Optional<V> value, EntryOptions options) {
            TextKey<K> text = texts.required(key);
            if (isDirty(key)) {
                return false;
            }
            Put<K, V> put = prepared(text, value, options);
            if (inStore(put).orElse(false)) {
                value.ifPresent(there -> guard.add(key));
                tier.publish(text, origin, keepsHere ? changes.slot(put, origin) : null, options.tags(), false);
                return true;
            }
            return false;
        }

        @Override
        public boolean put(K key, Optional<V> value, EntryOptions options) {
            TextKey<K> text = texts.required(key);
            if (isDirty(key)) {
                return false;
            }
            value.ifPresent(there -> guard.add(key));
            Put<K, V> put = prepared(text, value, options);
            Optional<Boolean> kept = inStore(put);
            if (kept.isEmpty()) {
                changes.invalidate(List.of(text));
                return false;
            }
            if (kept.get()) {
                changes.keepAndTell(put, origin, true);
                counters.sets.increment();
            }
            return kept.get();
        }

        /** Whether the store took it; empty if it couldn't be asked under a ticket. */
        private Optional<Boolean> inStore(Put<K, V> put) {
            if (ticket == null || put.entry() == null || !put.key().equals(own)) {
                return Optional.empty();
            }
            return remote.publish(put.key().text(), put.entry(), ticket)
                    .toCompletableFuture()
                    .join();
        }
    }

    /** What the store relays is about loads of others, of which the origin knows nothing: it goes. */
    private final class OfRelay implements CacheTicket<K, V> {

        private final Origin origin;

        private OfRelay(Origin origin) {
            this.origin = origin;
        }

        @Override
        public boolean publish(K key, Optional<V> value, EntryOptions options) {
            return bring(texts.required(key), value, options, false);
        }

        @Override
        public boolean put(K key, Optional<V> value, EntryOptions options) {
            TextKey<K> own = texts.required(key);
            remote.change(List.of(own.text()), 0L, () -> remote.invalidate(List.of(own.text())));
            boolean done;
            try {
                done = bring(own, value, options, true);
            } catch (Throwable e) {
                // The weigher failed, with an error perhaps. The ticket's holder has written already, so that what was
                // cached before can't stay.
                tier.drop(own);
                throw e;
            } finally {
                changes.tell(List.of(own));
            }
            if (done) {
                counters.sets.increment();
            }
            return done;
        }

        private boolean bring(TextKey<K> text, Optional<V> value, EntryOptions options, boolean isWrite) {
            value.ifPresent(there -> guard.add(text.known()));
            Slot<V> slot = changes.slot(prepared(text, value, options), origin);
            return tier.publish(text, origin, slot, options.tags(), isWrite);
        }
    }
}
