package io.hamster.cache.store;

import java.time.Duration;

/** Opens each cache's part of a server. Thread-safe. */
@FunctionalInterface
public interface CacheStoreFactory {

    /**
     * Opens a cache's part. Doesn't block, and succeeds even if the server is away.
     *
     * @param cache the cache's name, 1 to 250 characters
     * @param version what is kept under another version isn't found; may be empty
     * @param ticketTtl how long tickets stand
     * @return closed by its owner
     */
    CacheStore open(String cache, String version, Duration ticketTtl);

    /**
     * Whether the stores keep entries. Those that don't only hand on what one instance loads to those that wait for it:
     * for caches whose entries are in each JVM.
     *
     * @return {@code true} unless overridden
     */
    default boolean keepsEntries() {
        return true;
    }
}
