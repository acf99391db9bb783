package io.hamster.spring.cache;

import io.hamster.spring.TimedAlready;
import io.micrometer.observation.Observation;
import java.util.Optional;

/** What an observation knows of a load. Not thread-safe, as Micrometer's contexts aren't. */
public final class CacheLoadContext extends Observation.Context implements TimedAlready {

    private final String cache;
    private final int keyCount;
    private final boolean isRefresh;
    private Optional<LoadOutcome> outcome = Optional.empty();

    CacheLoadContext(String cache, int keyCount, boolean isRefresh) {
        this.cache = cache;
        this.keyCount = keyCount;
        this.isRefresh = isRefresh;
    }

    /**
     * What is loaded into.
     *
     * @return the cache's name
     */
    public String cache() {
        return cache;
    }

    /**
     * How many keys are loaded at once.
     *
     * @return 1 or more
     */
    public int keyCount() {
        return keyCount;
    }

    /**
     * Whether nobody waits for the load, since what it will replace is still served.
     *
     * @return {@code true} for a refresh
     */
    public boolean isRefresh() {
        return isRefresh;
    }

    /**
     * How the load ended.
     *
     * @return empty until it has
     */
    public Optional<LoadOutcome> outcome() {
        return outcome;
    }

    void ended(LoadOutcome how) {
        outcome = Optional.of(how);
    }
}
