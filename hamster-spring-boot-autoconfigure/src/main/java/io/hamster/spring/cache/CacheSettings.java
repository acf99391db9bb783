package io.hamster.spring.cache;

import io.hamster.HamsterException;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.Eviction;
import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

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
 * @param safeInTransactions Whether a value loaded inside a transaction is cached and shared: only if it can neither be
 *     uncommitted nor old. false unless set.
 * @param bloom The Bloom guard, where there is a source of keys for it.
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
        @Nullable Boolean safeInTransactions,
        @NestedConfigurationProperty @Nullable BloomSettings bloom) {

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
        if (bloom != null) {
            bloom.check(path + ".bloom");
        }
    }

    private static <T> void apply(String property, @Nullable T value, Consumer<T> setter) {
        if (value != null) {
            checked(property, () -> {
                setter.accept(value);
                return value;
            });
        }
    }

    static <T> T checked(String property, Supplier<T> step) {
        try {
            return step.get();
        } catch (HamsterException e) {
            throw new HamsterConfigurationException(
                    property + ": " + e.getMessage() + ".", "Correct " + property + ".", e);
        }
    }
}
