package io.hamster.spring.cache;

import io.hamster.HamsterException;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.Eviction;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/**
 * Properties of one cache, or of all.
 *
 * @param ttl How long a value is served. Positive; 1h unless set.
 * @param maxSize The most entries. At least 1; 1000 unless set.
 * @param maxMemory The most memory: bytes, a number with KB, MB or GB, or a share of the heap such as 25%. 100MB unless
 *     set.
 * @param expectedSize The number of entries that room is made for at once. 0 unless set.
 * @param nullTtl How long the absence of a value is remembered. 0, which is not at all, unless set.
 * @param ttlJitter The most by which a time to live is shortened at random, so that entries made together don't expire
 *     together. Shorter than the ttl; 0 unless set.
 * @param eviction Which entry leaves when the cache is full. w-tiny-lfu unless set.
 * @param staleOnError The age up to which an expired value is served when its load fails. Longer than the ttl; never
 *     served unless set.
 * @param softTimeout The duration of a load after which an expired value is served meanwhile; needs stale-on-error. 0,
 *     which is never, unless set.
 * @param hardTimeout The duration of a load after which its callers stop waiting. They wait unless set.
 * @param refreshAhead The part of the ttl after which a read reloads the value in the background, between 0 and 1, such
 *     as 0.8. Reads don't unless set.
 * @param refreshInterval How often values that are read are reloaded in the background, so that reads don't wait for loads;
 *     what only Spring's @Cacheable reads isn't. Shorter than the ttl. 0, which is not at all, unless set; an interval for all
 *     caches is left out for those with tier remote, refresh-ahead or a ttl or local-ttl of their own
 *     that isn't longer.
 * @param stopRefreshAfterIdle How long after its last read a value is no longer reloaded; needs refresh-interval. 10 times
 *     that unless set.
 * @param safeInTransactions Whether a value loaded inside a transaction is cached and shared: only if it can neither be
 *     uncommitted nor old. false unless set.
 * @param bloom The Bloom guard, where there is a source of keys for it.
 * @param tier Where entries are kept: local, which is in this JVM; remote, which is in Redis; two-level, which is in both.
 *     local unless set.
 * @param localTtl The longest that a two-level cache answers from this JVM before it asks Redis again. 0, which is for as
 *     long as the entry lives, unless set.
 * @param loadScope Among whom concurrent misses of a key share one load: jvm, or cluster for all instances. jvm unless
 *     set.
 * @param leaseTimeout After how long without a sign of life of the instance that loads a key another takes over, with
 *     load-scope cluster. At least 100ms; 5s unless set.
 * @param tellsOthers Whether other instances are told of changes and drop what they have, with tier local; over Redis, or,
 *     where there is none, over the cluster with hamster.cluster.mode=cluster. false unless set.
 * @param version Keeps apart what different versions of the application keep in Redis. At most 100 characters; empty
 *     unless set.
 * @param compressAbove The longest value, as it is encoded, that other instances and Redis get uncompressed, such as 2KB;
 *     for caches with tier remote or two-level or load-scope cluster. 0, which is all, unless set.
 * @param valueType The type of the values in Redis as it is written in Java, with full class names. That of the methods and
 *     beans which the cache serves unless set.
 * @param keyType The type of the keys in a journal of write-back as it is written in Java, with full class names. That of
 *     the cache's writer bean unless set.
 * @param writeMode How the cache writes to its source: none; through, which is before it takes a value; back, which is
 *     later, in batches. Unless set, through with a CacheWriter bean, back with a WriteBackWriter bean. For all caches:
 *     what holds for those with a CacheWriter bean.
 * @param writeBack The write-back, where a cache writes back.
 */
public record CacheSettings(
        @Nullable Duration ttl,
        @Nullable Long maxSize,
        @Nullable String maxMemory,
        @Nullable Integer expectedSize,
        @Nullable Duration nullTtl,
        @Nullable Duration ttlJitter,
        @Nullable Eviction eviction,
        @Nullable Duration staleOnError,
        @Nullable Duration softTimeout,
        @Nullable Duration hardTimeout,
        @Nullable Double refreshAhead,
        @Nullable Duration refreshInterval,
        @Nullable Duration stopRefreshAfterIdle,
        @Nullable Boolean safeInTransactions,
        @NestedConfigurationProperty @Nullable BloomSettings bloom,
        @Nullable Tier tier,
        @Nullable Duration localTtl,
        @Nullable LoadScope loadScope,
        @Nullable Duration leaseTimeout,
        @Nullable Boolean tellsOthers,
        @Nullable String version,
        @Nullable DataSize compressAbove,
        @Nullable String valueType,
        @Nullable String keyType,
        @Nullable WriteMode writeMode,
        @NestedConfigurationProperty @Nullable WriteBackSettings writeBack) {

    void applyTo(CachePolicyBuilder policy, String path) {
        apply(path + ".ttl", ttl, policy::defaultTtl);
        apply(path + ".max-size", maxSize, policy::maxSize);
        apply(path + ".max-memory", maxMemory, text -> policy.maxMemory(text));
        apply(path + ".expected-size", expectedSize, policy::expectedSize);
        apply(path + ".null-ttl", nullTtl, policy::nullTtl);
        apply(path + ".ttl-jitter", ttlJitter, policy::ttlJitter);
        apply(path + ".eviction", eviction, policy::eviction);
        apply(path + ".stale-on-error", staleOnError, policy::staleOnError);
        apply(path + ".soft-timeout", softTimeout, policy::softTimeout);
        apply(path + ".hard-timeout", hardTimeout, policy::hardTimeout);
        apply(path + ".refresh-ahead", refreshAhead, policy::refreshAhead);
        apply(path + ".safe-in-transactions", safeInTransactions, policy::safeInTransactions);
        apply(path + ".tier", tier, policy::tier);
        apply(path + ".local-ttl", localTtl, policy::localTtl);
        apply(path + ".load-scope", loadScope, policy::loadScope);
        apply(path + ".lease-timeout", leaseTimeout, policy::leaseTimeout);
        apply(path + ".tells-others", tellsOthers, policy::tellsOthers);
        apply(path + ".version", version, policy::version);
        apply(path + ".compress-above", compressAbove, size -> policy.compressAbove(size.toBytes()));
        if (valueType != null) {
            policy.valueType(parsed(path + ".value-type", valueType));
        }
        if (keyType != null) {
            parsed(path + ".key-type", keyType);
        }
        if (writeBack != null) {
            writeBack.check(path + ".write-back");
        }
        if (bloom != null) {
            bloom.check(path + ".bloom");
        }
    }

    void applyRefreshTo(CachePolicyBuilder policy, String path) {
        if (isRefreshOff()) {
            return;
        }
        apply(path + ".refresh-interval", refreshInterval, policy::refreshInterval);
        apply(path + ".stop-refresh-after-idle", stopRefreshAfterIdle, policy::stopRefreshAfterIdle);
    }

    /** Whether this cache isn't to have what others have. */
    boolean isRefreshOff() {
        return refreshInterval != null && refreshInterval.isZero();
    }

    private static <T> void apply(String property, @Nullable T value, Consumer<T> setter) {
        if (value != null) {
            checked(property, () -> {
                setter.accept(value);
                return value;
            });
        }
    }

    static Type parsed(String property, String type) {
        try {
            return ValueTypes.parse(
                    type, Objects.requireNonNull(ClassUtils.getDefaultClassLoader(), "every JVM has one"));
        } catch (IllegalArgumentException e) {
            throw new HamsterConfigurationException(
                    property + " is '" + type + "', which is no type: " + e.getMessage() + ".",
                    "Write full class names, such as com.acme.Product or java.util.List<com.acme.Product>.",
                    e);
        }
    }

    static <T> T checked(String property, Supplier<T> step) {
        try {
            return step.get();
        } catch (HamsterConfigurationException e) {
            // It says itself what to do.
            throw e;
        } catch (HamsterException e) {
            throw new HamsterConfigurationException(
                    property + ": " + e.getMessage() + ".", "Correct " + property + ".", e);
        }
    }
}
