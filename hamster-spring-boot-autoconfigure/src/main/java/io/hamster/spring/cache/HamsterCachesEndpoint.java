package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheStats;
import io.hamster.cache.Eviction;
import io.hamster.cache.HamsterCache;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The caches that this instance has made so far, with what they are told to do and what they did. Shows neither keys nor
 * values. Asking for a cache doesn't make it.
 */
@Endpoint(id = "hamstercaches", defaultAccess = Access.READ_ONLY)
public final class HamsterCachesEndpoint {

    private final CacheClient client;

    HamsterCachesEndpoint(CacheClient client) {
        this.client = client;
    }

    /**
     * Lists the caches.
     *
     * @return all of them, by name
     */
    @ReadOperation
    public CachesDescriptor caches() {
        return new CachesDescriptor(client.names().stream()
                .map(client::cache)
                .map(HamsterCachesEndpoint::described)
                .toList());
    }

    /**
     * Describes one cache.
     *
     * @param name its name; a slash divides it into several
     * @return the cache, or null if there is none of that name
     */
    @ReadOperation
    public @Nullable CacheDescriptor cache(@Selector(match = Match.ALL_REMAINING) String... name) {
        return find(name).map(HamsterCachesEndpoint::described).orElse(null);
    }

    /**
     * Empties a cache. The source isn't touched.
     *
     * @param name its name; a slash divides it into several
     * @return whether there is such a cache
     */
    @DeleteOperation
    public boolean clear(@Selector(match = Match.ALL_REMAINING) String... name) {
        Optional<HamsterCache<?, ?>> cache = find(name);
        cache.ifPresent(HamsterCache::clear);
        return cache.isPresent();
    }

    /**
     * Has a cache do something.
     *
     * @param action what
     * @param name its name; a slash divides it into several
     * @return whether there is such a cache
     */
    @WriteOperation
    public boolean act(Action action, @Selector(match = Match.ALL_REMAINING) String... name) {
        Optional<HamsterCache<?, ?>> cache = find(name);
        cache.ifPresent(found -> {
            switch (action) {
                case FLUSH -> found.flush();
            }
        });
        return cache.isPresent();
    }

    /** Asking the client for a name that it doesn't know yet would make a cache. */
    private Optional<HamsterCache<?, ?>> find(String... parts) {
        String name = String.join("/", parts);
        return client.names().contains(name) ? Optional.of(client.cache(name)) : Optional.empty();
    }

    private static CacheDescriptor described(HamsterCache<?, ?> cache) {
        CacheStats stats = cache.stats();
        return new CacheDescriptor(cache.name(), stats.hitRate(), stats, described(cache.policy()));
    }

    private static PolicyDescriptor described(CachePolicy policy) {
        OptionalDouble refreshAhead = policy.refreshAhead();
        return new PolicyDescriptor(
                policy.defaultTtl(),
                policy.nullTtl(),
                policy.maxSize(),
                policy.maxMemory(),
                policy.eviction(),
                policy.staleOnError().orElse(null),
                policy.hardTimeout().orElse(null),
                refreshAhead.isPresent() ? refreshAhead.getAsDouble() : null,
                policy.loader().isPresent(),
                policy.writer().isPresent(),
                policy.bloom().isPresent());
    }

    /** What a cache can be told to do. */
    public enum Action {
        /** To write to its source what hasn't been written yet. */
        FLUSH
    }

    /**
     * The caches of this instance.
     *
     * @param caches by name
     */
    public record CachesDescriptor(List<CacheDescriptor> caches) {}

    /**
     * A cache.
     *
     * @param name its name
     * @param hitRate the share of reads that were hits, 0 to 1
     * @param stats what it did
     * @param policy what it is told to do
     */
    public record CacheDescriptor(String name, double hitRate, CacheStats stats, PolicyDescriptor policy) {}

    /**
     * The main settings of a cache.
     *
     * @param ttl how long a value is served
     * @param nullTtl how long an absence is remembered
     * @param maxSize the most entries
     * @param maxMemory the most bytes
     * @param eviction which entry leaves when it is full
     * @param staleOnError the age up to which an expired value is served when its load fails; null if it isn't
     * @param hardTimeout the duration of a load after which its callers stop waiting; null if they don't
     * @param refreshAhead the part of the ttl after which a read reloads; null if it doesn't
     * @param readThrough whether it has a loader of its own
     * @param writeThrough whether it has a writer
     * @param bloom whether it has a Bloom guard
     */
    public record PolicyDescriptor(
            Duration ttl,
            Duration nullTtl,
            long maxSize,
            long maxMemory,
            Eviction eviction,
            @Nullable Duration staleOnError,
            @Nullable Duration hardTimeout,
            @Nullable Double refreshAhead,
            boolean readThrough,
            boolean writeThrough,
            boolean bloom) {}
}
