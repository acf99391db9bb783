package io.hamster.cache;

import java.util.Optional;

/**
 * A load that the cache doesn't run itself, from {@link HamsterCache#beginLoad}. It holds nothing: it may be dropped
 * without a word. Thread-safe.
 *
 * @param <V> the values
 */
public interface PendingLoad<V> {

    /**
     * Caches what was loaded, unless the key was put or invalidated, one of the tags was invalidated or the cache was
     * cleared since the load began. Other keys that share a stripe count too, rarely.
     *
     * @param value what the source has
     * @param options for the entry
     * @return {@code false} if the load has been overtaken and nothing was changed
     */
    boolean publish(Optional<V> value, EntryOptions options);
}
