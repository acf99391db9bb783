package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheStats;
import io.hamster.cache.Eviction;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.cache.writeback.WriteBackAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The caches that this instance has made so far, with what they are told to do and what they did. Shows no values,
 * and of keys only those of dead letters, shortened unless the application says otherwise. Asking for a cache doesn't make
 * it.
 */
@Endpoint(id = "hamstercaches", defaultAccess = Access.READ_ONLY)
public final class HamsterCachesEndpoint {

    private final CacheClient client;
    private final WriteBackFigures figures;
    private final boolean showKeys;

    HamsterCachesEndpoint(CacheClient client, WriteBackFigures figures, boolean showKeys) {
        this.client = client;
        this.figures = figures;
        this.showKeys = showKeys;
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
                .map(cache -> described(cache, brief(cache)))
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
        return find(name).map(cache -> described(cache, whole(cache))).orElse(null);
    }

    /**
     * Empties a cache, but for what it hasn't written back yet. The source isn't touched.
     *
     * @param name its name; a slash divides it into several
     * @return whether there is such a cache
     */
    @DeleteOperation
    public boolean clear(@Selector(match = Match.ALL_REMAINING) String... name) {
        Optional<HamsterCache<?, ?>> cache = find(name);
        cache.ifPresent(CacheChanges::clearWritten);
        return cache.isPresent();
    }

    /**
     * Has a cache do something.
     *
     * @param action what
     * @param sequence names the dead letter that is meant; if null, all of them are tried again
     * @param name its name; a slash divides it into several
     * @return whether there is such a cache, with such a dead letter
     */
    @WriteOperation
    public boolean act(Action action, @Nullable Long sequence, @Selector(match = Match.ALL_REMAINING) String... name) {
        if (action == Action.DISCARD && sequence == null) {
            String problem = "sequence is missing; give that of the dead letter to be discarded";
            throw new InvalidEndpointRequestException(problem, problem);
        }
        return find(name).map(cache -> act(action, sequence, cache)).orElse(false);
    }

    private static boolean act(Action action, @Nullable Long sequence, HamsterCache<?, ?> cache) {
        if (action == Action.FLUSH) {
            cache.flush();
            return true;
        }
        return cache.writeBack().map(admin -> act(action, sequence, admin)).orElse(false);
    }

    private static <K> boolean act(Action action, @Nullable Long sequence, WriteBackAdmin<K> admin) {
        if (sequence == null) {
            admin.redriveAll();
            return true;
        }
        return admin.deadLetters().stream()
                .filter(letter -> letter.sequence() == sequence)
                .findFirst()
                .map(letter -> action == Action.REDRIVE ? admin.redrive(letter) : admin.discard(letter))
                .orElse(false);
    }

    /** Asking the client for a name that it doesn't know yet would make a cache. */
    private Optional<HamsterCache<?, ?>> find(String... parts) {
        String name = String.join("/", parts);
        return client.names().contains(name) ? Optional.of(client.cache(name)) : Optional.empty();
    }

    private @Nullable WriteBackDescriptor brief(HamsterCache<?, ?> cache) {
        return figures.of(cache)
                .flatMap(known -> cache.policy().writeBack().map(policy -> WriteBackDescriptor.brief(policy, known)))
                .orElse(null);
    }

    private @Nullable WriteBackDescriptor whole(HamsterCache<?, ?> cache) {
        return cache.writeBack()
                .flatMap(admin ->
                        cache.policy().writeBack().map(policy -> WriteBackDescriptor.whole(policy, admin, showKeys)))
                .orElse(null);
    }

    private static CacheDescriptor described(HamsterCache<?, ?> cache, @Nullable WriteBackDescriptor writeBack) {
        CacheStats stats = cache.stats();
        return new CacheDescriptor(
                cache.name(), cache.policy().tier(), stats.hitRate(), stats, described(cache.policy()), writeBack);
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
                policy.refreshInterval().orElse(null),
                policy.loader().isPresent(),
                policy.writer().isPresent(),
                policy.bloom().isPresent(),
                policy.localTtl(),
                policy.loadScope(),
                policy.version());
    }

    /** What a cache can be told to do. */
    public enum Action {
        /** To write to its source what hasn't been written yet. */
        FLUSH,
        /** To have dead letters tried again. */
        REDRIVE,
        /** To give up a dead letter for good. */
        DISCARD
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
     * @param tier where it keeps its entries
     * @param hitRate the share of reads that were hits, 0 to 1
     * @param stats what it did
     * @param policy what it is told to do
     * @param writeBack its write-back; null if it doesn't write back
     */
    public record CacheDescriptor(
            String name,
            Tier tier,
            double hitRate,
            CacheStats stats,
            PolicyDescriptor policy,
            @Nullable WriteBackDescriptor writeBack) {}

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
     * @param refreshInterval how often values that are read are reloaded; null if they aren't
     * @param readThrough whether it has a loader of its own
     * @param writeThrough whether what is put is written before it is cached
     * @param bloom whether it has a Bloom guard
     * @param localTtl the longest that a cache of two levels answers from this JVM; zero for as long as the entry lives
     * @param loadScope among whom concurrent misses share one load
     * @param version keeps what it has in the shared tier apart; empty if nothing does
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
            @Nullable Duration refreshInterval,
            boolean readThrough,
            boolean writeThrough,
            boolean bloom,
            Duration localTtl,
            LoadScope loadScope,
            String version) {}
}
