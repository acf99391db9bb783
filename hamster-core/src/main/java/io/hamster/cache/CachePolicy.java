package io.hamster.cache;

import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a cache behaves. Immutable; two policies are equal when all their settings are. {@link CachePolicyBuilder}
 * explains and checks the settings.
 */
public final class CachePolicy {

    private static final CachePolicy DEFAULTS = builder().build();

    private final long maxSize;
    private final long maxMemory;
    private final int expectedSize;
    private final Duration defaultTtl;
    private final Duration ttlJitter;
    private final Duration nullTtl;
    private final Eviction eviction;
    private final @Nullable Duration staleOnError;
    private final Duration softTimeout;
    private final @Nullable Duration hardTimeout;
    private final double refreshAhead;
    private final @Nullable Duration refreshInterval;
    private final @Nullable Duration stopRefreshAfterIdle;
    private final boolean safeInTransactions;
    private final @Nullable Weigher<?, ?> weigher;
    private final @Nullable CacheLoader<?, ?> loader;
    private final @Nullable CacheWriter<?, ?> writer;
    private final @Nullable WriteBackWriter<?, ?> writeBackWriter;
    private final @Nullable WriteBackPolicy writeBack;
    private final @Nullable BloomPolicy<?> bloom;
    private final Tier tier;
    private final Duration localTtl;
    private final LoadScope loadScope;
    private final boolean tellsOthers;
    private final Duration leaseTimeout;
    private final String version;
    private final long compressAbove;
    private final @Nullable Type valueType;
    private final @Nullable Function<?, String> keyText;

    CachePolicy(CachePolicyBuilder from) {
        this.maxSize = from.maxSize;
        this.maxMemory = from.maxMemory;
        this.expectedSize = from.expectedSize;
        this.defaultTtl = from.defaultTtl;
        this.ttlJitter = from.ttlJitter;
        this.nullTtl = from.nullTtl;
        this.eviction = from.eviction;
        this.staleOnError = from.staleOnError;
        this.softTimeout = from.softTimeout;
        this.hardTimeout = from.hardTimeout;
        this.refreshAhead = from.refreshAhead;
        this.refreshInterval = from.refreshInterval;
        this.stopRefreshAfterIdle = from.stopRefreshAfterIdle;
        this.safeInTransactions = from.safeInTransactions;
        this.weigher = from.weigher;
        this.loader = from.loader;
        this.writer = from.writer;
        this.writeBackWriter = from.writeBackWriter;
        this.writeBack = from.writeBack;
        this.bloom = from.bloom;
        this.tier = from.tier;
        this.localTtl = from.localTtl;
        this.loadScope = from.loadScope;
        this.tellsOthers = from.tellsOthers;
        this.leaseTimeout = from.leaseTimeout;
        this.version = from.version;
        this.compressAbove = from.compressAbove;
        this.valueType = from.valueType;
        this.keyText = from.keyText;
    }

    /**
     * A policy of defaults: 1000 entries, 100 MB, one hour.
     *
     * @return the shared instance
     */
    public static CachePolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder
     */
    public static CachePolicyBuilder builder() {
        return new CachePolicyBuilder();
    }

    /**
     * Starts from this policy.
     *
     * @return a new builder
     */
    public CachePolicyBuilder toBuilder() {
        CachePolicyBuilder to = builder();
        to.maxSize = maxSize;
        to.maxMemory = maxMemory;
        to.expectedSize = expectedSize;
        to.defaultTtl = defaultTtl;
        to.ttlJitter = ttlJitter;
        to.nullTtl = nullTtl;
        to.eviction = eviction;
        to.staleOnError = staleOnError;
        to.softTimeout = softTimeout;
        to.hardTimeout = hardTimeout;
        to.refreshAhead = refreshAhead;
        to.refreshInterval = refreshInterval;
        to.stopRefreshAfterIdle = stopRefreshAfterIdle;
        to.safeInTransactions = safeInTransactions;
        to.weigher = weigher;
        to.loader = loader;
        to.writer = writer;
        to.writeBackWriter = writeBackWriter;
        to.writeBack = writeBack;
        to.bloom = bloom;
        to.tier = tier;
        to.localTtl = localTtl;
        to.loadScope = loadScope;
        to.tellsOthers = tellsOthers;
        to.leaseTimeout = leaseTimeout;
        to.version = version;
        to.compressAbove = compressAbove;
        to.valueType = valueType;
        to.keyText = keyText;
        return to;
    }

    /**
     * The most entries.
     *
     * @return at least 1
     */
    public long maxSize() {
        return maxSize;
    }

    /**
     * The most bytes, as weighed.
     *
     * @return at least 1
     */
    public long maxMemory() {
        return maxMemory;
    }

    /**
     * The number of entries that room is made for at once.
     *
     * @return 0 or more
     */
    public int expectedSize() {
        return expectedSize;
    }

    /**
     * The time to live of entries without one of their own.
     *
     * @return positive
     */
    public Duration defaultTtl() {
        return defaultTtl;
    }

    /**
     * By how much times to live vary.
     *
     * @return zero when they don't
     */
    public Duration ttlJitter() {
        return ttlJitter;
    }

    /**
     * How long absences are remembered.
     *
     * @return zero when they aren't
     */
    public Duration nullTtl() {
        return nullTtl;
    }

    /**
     * Which entry leaves when the cache is full.
     *
     * @return the strategy
     */
    public Eviction eviction() {
        return eviction;
    }

    /**
     * The age up to which an expired value is served when its load fails.
     *
     * @return empty when expired values are never served
     */
    public Optional<Duration> staleOnError() {
        return Optional.ofNullable(staleOnError);
    }

    /**
     * The duration of a load after which an expired value is served meanwhile.
     *
     * @return zero when it isn't
     */
    public Duration softTimeout() {
        return softTimeout;
    }

    /**
     * The duration of a load after which its callers stop waiting.
     *
     * @return empty when they wait for as long as it takes
     */
    public Optional<Duration> hardTimeout() {
        return Optional.ofNullable(hardTimeout);
    }

    /**
     * The part of the time to live after which a read reloads the value in the background.
     *
     * @return between 0 and 1, or empty when reads don't
     */
    public OptionalDouble refreshAhead() {
        return refreshAhead == 0 ? OptionalDouble.empty() : OptionalDouble.of(refreshAhead);
    }

    /**
     * How often values that are read are reloaded in the background.
     *
     * @return empty when they aren't
     */
    public Optional<Duration> refreshInterval() {
        return Optional.ofNullable(refreshInterval);
    }

    /**
     * How long after its last read a value is no longer reloaded.
     *
     * @return as set or ten intervals; empty without a {@link #refreshInterval}
     */
    public Optional<Duration> stopRefreshAfterIdle() {
        return stopRefreshAfterIdle != null
                ? Optional.of(stopRefreshAfterIdle)
                : refreshInterval().map(interval -> interval.multipliedBy(10));
    }

    /**
     * Whether loads inside a transaction are shared and published.
     *
     * @return {@code false} unless declared safe
     */
    public boolean safeInTransactions() {
        return safeInTransactions;
    }

    /**
     * What weighs entries.
     *
     * @return empty for the built-in estimate
     */
    public Optional<Weigher<?, ?>> weigher() {
        return Optional.ofNullable(weigher);
    }

    /**
     * What loads keys that are read without a loader.
     *
     * @return empty when those reads find nothing
     */
    public Optional<CacheLoader<?, ?>> loader() {
        return Optional.ofNullable(loader);
    }

    /**
     * What puts go through.
     *
     * @return empty when they only reach the cache
     */
    public Optional<CacheWriter<?, ?>> writer() {
        return Optional.ofNullable(writer);
    }

    /**
     * What dirty entries are written with.
     *
     * @return empty if the cache doesn't write back
     */
    public Optional<WriteBackWriter<?, ?>> writeBackWriter() {
        return Optional.ofNullable(writeBackWriter);
    }

    /**
     * When and how safely the cache writes back.
     *
     * @return empty if it doesn't
     */
    public Optional<WriteBackPolicy> writeBack() {
        return Optional.ofNullable(writeBack);
    }

    /**
     * What keeps keys that can't exist from the loader.
     *
     * @return empty when all keys reach it
     */
    public Optional<BloomPolicy<?>> bloom() {
        return Optional.ofNullable(bloom);
    }

    /**
     * Where entries are kept.
     *
     * @return the tier
     */
    public Tier tier() {
        return tier;
    }

    /**
     * The longest that two levels answer from this JVM alone.
     *
     * @return zero when the entry's own time to live is the only bound
     */
    public Duration localTtl() {
        return localTtl;
    }

    /**
     * Among whom misses share a load.
     *
     * @return the scope
     */
    public LoadScope loadScope() {
        return loadScope;
    }

    /**
     * Whether the other instances are told of changes.
     *
     * @return always {@code true} unless the tier is {@link Tier#LOCAL}
     */
    public boolean tellsOthers() {
        return tellsOthers || tier != Tier.LOCAL;
    }

    /**
     * After how long without a sign of life another instance takes a load over.
     *
     * @return at least 100 ms
     */
    public Duration leaseTimeout() {
        return leaseTimeout;
    }

    /**
     * What keeps versions of an application apart in the shared tier.
     *
     * @return empty by default
     */
    public String version() {
        return version;
    }

    /**
     * The most bytes of an encoded value that stay uncompressed in the shared tier.
     *
     * @return zero when all do
     */
    public long compressAbove() {
        return compressAbove;
    }

    /**
     * What values are in the shared tier.
     *
     * @return empty if the cache needs none
     */
    public Optional<Type> valueType() {
        return Optional.ofNullable(valueType);
    }

    /**
     * What turns keys into text for the shared tier.
     *
     * @return empty for the built-in forms
     */
    public Optional<Function<?, String>> keyText() {
        return Optional.ofNullable(keyText);
    }

    /** Whether the cache needs the client's shared tier. */
    boolean isShared() {
        return usesStore() || tellsOthers;
    }

    /** Whether it needs a store that instances share. */
    boolean usesStore() {
        return tier != Tier.LOCAL || loadScope != LoadScope.JVM;
    }

    private List<@Nullable Object> parts() {
        return Arrays.<@Nullable Object>asList(
                maxSize,
                maxMemory,
                expectedSize,
                defaultTtl,
                ttlJitter,
                nullTtl,
                eviction,
                staleOnError,
                softTimeout,
                hardTimeout,
                refreshAhead,
                refreshInterval,
                stopRefreshAfterIdle,
                safeInTransactions,
                weigher,
                loader,
                writer,
                writeBackWriter,
                writeBack,
                bloom,
                tier,
                localTtl,
                loadScope,
                tellsOthers,
                leaseTimeout,
                version,
                compressAbove,
                valueType,
                keyText);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CachePolicy that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    @Override
    public String toString() {
        return "CachePolicy[maxSize=" + maxSize + ", maxMemory=" + maxMemory + ", expectedSize=" + expectedSize
                + ", defaultTtl=" + defaultTtl + ", ttlJitter=" + ttlJitter + ", nullTtl=" + nullTtl + ", eviction="
                + eviction + ", staleOnError=" + staleOnError + ", softTimeout=" + softTimeout + ", hardTimeout="
                + hardTimeout + ", refreshAhead=" + refreshAhead + ", refreshInterval=" + refreshInterval
                + ", stopRefreshAfterIdle=" + stopRefreshAfterIdle + ", safeInTransactions=" + safeInTransactions
                + ", weigher=" + (weigher == null ? "built-in" : "own") + ", loader=" + (loader != null)
                + ", writer=" + (writer != null) + ", writeBack=" + (writeBack == null ? "off" : writeBack) + ", bloom="
                + (bloom == null ? "off" : bloom.filter()) + ", tier="
                + tier
                + ", localTtl=" + localTtl + ", loadScope=" + loadScope + ", tellsOthers=" + tellsOthers()
                + ", leaseTimeout=" + leaseTimeout
                + ", version='" + version + "', compressAbove=" + compressAbove + ", valueType="
                + (valueType == null ? "none" : valueType.getTypeName())
                + ", keyText=" + (keyText == null ? "built-in" : "own") + "]";
    }
}
