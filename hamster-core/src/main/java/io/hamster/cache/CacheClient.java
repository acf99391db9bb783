package io.hamster.cache;

import java.util.Optional;
import java.util.Set;

/**
 * Makes and finds caches by name. Thread-safe.
 *
 * <p>After {@link #close()} its caches are empty and stay so: reads with a loader load, nothing is kept.
 */
public interface CacheClient extends AutoCloseable {

    /**
     * Starts from defaults: this process's time, threads of the client's own.
     *
     * @return a new builder
     */
    static CacheClientBuilder builder() {
        return new CacheClientBuilder();
    }

    /**
     * Finds a cache, or makes it with the policy that the client has for its name.
     *
     * @param name 1 to 250 characters
     * @return the same instance each time
     * @param <K> the keys; not checked, so each name belongs to one type
     * @param <V> the values; not checked either
     */
    <K, V> HamsterCache<K, V> cache(String name);

    /**
     * Makes a cache, or finds it if it was made with an equal policy.
     *
     * @param name 1 to 250 characters
     * @param policy how the cache behaves
     * @return the same instance each time
     * @throws InvalidCachePolicyException if the cache exists with another policy
     * @param <K> the keys; not checked, so each name belongs to one type
     * @param <V> the values; not checked either
     */
    <K, V> HamsterCache<K, V> cache(String name, CachePolicy policy);

    /**
     * The names of the caches made so far.
     *
     * @return a copy, sorted
     */
    Set<String> names();

    /**
     * How the shared tier is.
     *
     * @return empty if the client has none
     */
    Optional<SharedTierStatus> sharedTier();

    /** Empties the caches for good and ends the threads that the client started. Running loads finish. */
    @Override
    void close();
}
