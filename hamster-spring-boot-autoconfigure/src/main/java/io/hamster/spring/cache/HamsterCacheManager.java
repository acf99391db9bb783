package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Spring's own caching ({@code @Cacheable} and its companions) on Hamster's caches. Caches are made when they are first
 * asked for and are the same as those that {@link CacheClient#cache(String)} gives. Thread-safe.
 *
 * <p>What holds for them all:
 *
 * <ul>
 *   <li>{@code sync = true} loads a key once for all concurrent callers. Without it each of them runs the method, as
 *       Spring has it, but a value whose key was invalidated meanwhile isn't cached. Of a future or {@code Mono} that
 *       completes on another thread nobody can tell when its load began: {@code sync} matters there.
 *   <li>In a transaction puts and evictions take effect after the commit; {@link Cache#evictIfPresent} and
 *       {@link Cache#invalidate} drop at once too. A method that runs because its key wasn't cached doesn't have its value
 *       cached, unless {@code hamster.cache.caches.<name>.safe-in-transactions} is set.
 *       A reactive transaction isn't seen here, since Spring's caching tells a cache nothing of the subscriber's context:
 *       in one, caches change at once. {@code @CacheUpdate} and {@code @CacheInvalidate} wait for its commit.
 *   <li>In a shared cache, changes that methods make on a thread of Netty or Reactor are made shortly after, in order. A
 *       change that the shared tier doesn't confirm is made up for once that is back; the method's caller isn't told.
 *   <li>{@code null} is cached for the cache's {@code null-ttl}; without one it isn't.
 * </ul>
 */
public final class HamsterCacheManager implements CacheManager {

    private final CacheClient client;
    private final CacheTransactions transactions;
    private final OpenLoads openLoads = new OpenLoads();
    private final Map<String, SpringCache> caches = new ConcurrentHashMap<>();

    HamsterCacheManager(CacheClient client, CacheTransactions transactions) {
        this.client = client;
        this.transactions = transactions;
    }

    @Override
    public Cache getCache(String name) {
        SpringCache known = caches.get(name);
        if (known != null) {
            return known;
        }
        // Not inside the map's own step: making a cache calls the application's customizers.
        SpringCache made = new SpringCache(client.cache(name), transactions, openLoads);
        SpringCache other = caches.putIfAbsent(name, made);
        return other != null ? other : made;
    }

    /** The names of all caches made so far, by whatever way. */
    @Override
    public Collection<String> getCacheNames() {
        return client.names();
    }

    /**
     * Empties all caches, but for what they haven't written back yet. One that fails doesn't keep the others from it.
     *
     * @throws RuntimeException the first failure, with the others as suppressed; a shared tier that doesn't confirm is none
     */
    @Override
    public void resetCaches() {
        RuntimeException failure = null;
        for (String name : client.names()) {
            try {
                transactions.changes().make(new CacheChange.ClearWritten(client.cache(name)));
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
