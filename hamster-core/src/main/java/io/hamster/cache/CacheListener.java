package io.hamster.cache;

/** Learns of what a {@link CacheClient} does. Implementations are thread-safe. */
public interface CacheListener {

    /**
     * A cache was made. Called once for each, before its first user gets it; an exception is logged.
     *
     * @param cache the cache
     */
    void created(HamsterCache<?, ?> cache);
}
