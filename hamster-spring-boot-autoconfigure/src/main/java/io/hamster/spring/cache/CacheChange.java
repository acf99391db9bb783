package io.hamster.spring.cache;

import io.hamster.cache.CacheTicket;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something to be done to a cache, now or once a transaction has committed. */
sealed interface CacheChange {

    /** The cache to change. */
    HamsterCache<Object, Object> cache();

    /** Changes the cache. */
    void apply();

    /** The keys that a read may find something else for afterwards; empty if that may be any. */
    Optional<Set<Object>> keys();

    /** Whether it brings a value, which is worth nothing if the transaction it came from was rolled back. */
    default boolean brings() {
        return this instanceof Put || this instanceof PutIfAbsent;
    }

    /** A key of a cache, to be compared. */
    record Target(HamsterCache<Object, Object> cache, Object key) {

        public Target {
            key = MethodKeys.compared(key);
        }
    }

    /**
     * Caches a value, or that there is none.
     *
     * @param ticket from before the source was changed: should anything have happened to the key since, it is dropped
     *     instead. {@code null} to put the value whatever has happened
     */
    record Put(
            HamsterCache<Object, Object> cache,
            Object key,
            Optional<Object> value,
            EntryOptions options,
            @Nullable CacheTicket<Object, Object> ticket)
            implements CacheChange {

        Put(HamsterCache<Object, Object> cache, Object key, Optional<Object> value, EntryOptions options) {
            this(cache, key, value, options, null);
        }

        @Override
        public void apply() {
            if (ticket != null) {
                if (!ticket.put(key, value, options)) {
                    cache.invalidate(key);
                }
            } else if (value.isPresent()) {
                cache.put(key, value.get(), options);
            } else {
                cache.putAbsent(key);
            }
        }

        Target target() {
            return new Target(cache, key);
        }

        @Override
        public Optional<Set<Object>> keys() {
            return Optional.of(Set.of(key));
        }
    }

    /** Caches a value unless there is one. */
    record PutIfAbsent(HamsterCache<Object, Object> cache, Object key, Object value) implements CacheChange {

        @Override
        public void apply() {
            cache.putIfAbsent(key, value);
        }

        Target target() {
            return new Target(cache, key);
        }

        /** The same where it is known that there is nothing. */
        Put always() {
            return new Put(cache, key, Optional.of(value), EntryOptions.none());
        }

        @Override
        public Optional<Set<Object>> keys() {
            return Optional.of(Set.of(key));
        }
    }

    /** Drops keys. */
    record Drop(HamsterCache<Object, Object> cache, Set<Object> dropped) implements CacheChange {

        @Override
        public void apply() {
            cache.invalidateAll(dropped);
        }

        @Override
        public Optional<Set<Object>> keys() {
            return Optional.of(dropped);
        }
    }

    /** Drops what has one of the tags. */
    record DropTags(HamsterCache<Object, Object> cache, Set<String> tags) implements CacheChange {

        @Override
        public void apply() {
            cache.invalidateTags(tags);
        }

        @Override
        public Optional<Set<Object>> keys() {
            return Optional.empty();
        }
    }

    /** Drops everything. */
    record Clear(HamsterCache<Object, Object> cache) implements CacheChange {

        @Override
        public void apply() {
            cache.clear();
        }

        @Override
        public Optional<Set<Object>> keys() {
            return Optional.empty();
        }
    }

    /** Drops everything but what is dirty. */
    record ClearWritten(HamsterCache<Object, Object> cache) implements CacheChange {

        @Override
        public void apply() {
            CacheChanges.clearWritten(cache);
        }

        @Override
        public Optional<Set<Object>> keys() {
            return Optional.empty();
        }
    }
}
