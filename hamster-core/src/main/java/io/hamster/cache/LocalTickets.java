package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the tickets of a cache in this JVM. */
final class LocalTickets<K, V> {

    private final TimeSource time;
    private final LocalTier<K, V> tier;
    private final Slots<K, V> slots;
    private final @Nullable OwnedWriteBack<K, V> back;
    private final KeyGuard<K> guard;
    private final Counters counters;

    LocalTickets(
            TimeSource time,
            LocalTier<K, V> tier,
            Slots<K, V> slots,
            @Nullable OwnedWriteBack<K, V> back,
            KeyGuard<K> guard,
            Counters counters) {
        this.time = time;
        this.tier = tier;
        this.slots = slots;
        this.back = back;
        this.guard = guard;
        this.counters = counters;
    }

    CacheTicket<K, V> anyKey() {
        return new OfCache(tier.origin());
    }

    CacheTicket<K, V> of(K key) {
        return new OfCache(tier.origin(CacheKeys.requireKey(key)));
    }

    private final class OfCache implements CacheTicket<K, V> {

        private final Origin origin;

        private OfCache(Origin origin) {
            this.origin = origin;
        }

        @Override
        public boolean publish(K key, Optional<V> value, EntryOptions options) {
            return publish(key, value, options, false);
        }

        @Override
        public boolean put(K key, Optional<V> value, EntryOptions options) {
            CacheKeys.requireKey(key);
            try {
                boolean done = publish(key, value, options, true);
                if (done) {
                    counters.sets.increment();
                }
                return done;
            } catch (Throwable e) {
                // The weigher failed, with an error perhaps. The ticket's holder has written already, so that what was
                // cached before can't stay.
                tier.invalidate(key);
                throw e;
            }
        }

        private boolean publish(K key, Optional<V> value, EntryOptions options, boolean isWrite) {
            CacheKeys.requireKey(key);
            // Before anything is locked: it calls the weigher.
            Slot<V> slot = slot(key, value, options);
            return back == null
                    ? tier.publish(key, origin, slot, options.tags(), isWrite)
                    : back.unlessDirty(key, () -> tier.publish(key, origin, slot, options.tags(), isWrite));
        }

        private @Nullable Slot<V> slot(K key, Optional<V> value, EntryOptions options) {
            value.ifPresent(there -> guard.add(key));
            return slots.make(key, value.orElse(null), options, origin, time.nanoTime());
        }
    }
}
