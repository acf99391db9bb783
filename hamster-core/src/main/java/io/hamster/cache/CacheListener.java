package io.hamster.cache;

/** Learns of what a {@link CacheClient} does. Implementations are thread-safe. */
public interface CacheListener {

    /**
     * A cache was made. Called once for each, by the thread that made it and before that thread uses it; others may use
     * the cache already, since making them wait could deadlock. An exception is logged.
     *
     * @param cache the cache
     */
    void created(HamsterCache<?, ?> cache);
}
