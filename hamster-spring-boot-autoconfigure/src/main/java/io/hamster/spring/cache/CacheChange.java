package io.hamster.spring.cache;

import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import java.util.Optional;
import java.util.Set;

/** Something to be done to a cache, now or once a transaction has committed. */
sealed interface CacheChange {

    /** The cache to change. */
    HamsterCache<Object, Object> cache();

    /** Changes the cache. */
    void apply();

    /** Whether a read of the key may find something else afterwards. */
    boolean touches(Object key);

    /** Caches a value, or that there is none. */
    record Put(HamsterCache<Object, Object> cache, Object key, Optional<Object> value, EntryOptions options)
            implements CacheChange {

        @Override
        public void apply() {
            if (value.isPresent()) {
                cache.put(key, value.get(), options);
            } else {
                cache.putAbsent(key);
            }
        }

        @Override
        public boolean touches(Object other) {
            return key.equals(other);
        }
    }

    /** Drops keys. */
    record Drop(HamsterCache<Object, Object> cache, Set<Object> keys) implements CacheChange {

        @Override
        public void apply() {
            cache.invalidateAll(keys);
        }

        @Override
        public boolean touches(Object other) {
            return keys.contains(other);
        }
    }

    /** Drops what has one of the tags: any key, for all that is known. */
    record DropTags(HamsterCache<Object, Object> cache, Set<String> tags) implements CacheChange {

        @Override
        public void apply() {
            cache.invalidateTags(tags);
        }

        @Override
        public boolean touches(Object other) {
            return true;
        }
    }

    /** Drops everything. */
    record Clear(HamsterCache<Object, Object> cache) implements CacheChange {

        @Override
        public void apply() {
            cache.clear();
        }

        @Override
        public boolean touches(Object other) {
            return true;
        }
    }
}
