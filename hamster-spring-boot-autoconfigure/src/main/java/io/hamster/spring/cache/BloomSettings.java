package io.hamster.spring.cache;

import io.hamster.cache.bloom.BloomFilterConfig;
import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Properties of the Bloom guard of one cache, or of all that have one: those for which there is a source of keys.
 *
 * @param expectedInsertions The number of keys that the guard is made for. At least 1; required where there is a
 *     source of keys, which is a Supplier bean of their Stream with @ForCache.
 * @param fpp The share of absent keys that seem to be there all the same, from 1e-9 to 0.5. 0.01 unless set.
 * @param rebuildInterval How long after one reading of the keys the next begins. Positive; they are read again on demand
 *     only unless set.
 */
public record BloomSettings(
        @Nullable Long expectedInsertions,
        @Nullable Double fpp,
        @Nullable Duration rebuildInterval) {

    private static final double DEFAULT_FPP = 0.01;

    /** These, and what they leave open from others. */
    BloomSettings or(BloomSettings others) {
        return new BloomSettings(
                expectedInsertions != null ? expectedInsertions : others.expectedInsertions,
                fpp != null ? fpp : others.fpp,
                rebuildInterval != null ? rebuildInterval : others.rebuildInterval);
    }

    /** Whether each is in its range. */
    void check(String path) {
        if (expectedInsertions != null) {
            CacheSettings.checked(
                    path + ".expected-insertions", () -> new BloomFilterConfig(expectedInsertions, DEFAULT_FPP));
        }
        if (fpp != null) {
            CacheSettings.checked(path + ".fpp", () -> new BloomFilterConfig(1, fpp));
        }
        if (rebuildInterval != null) {
            CacheSettings.checked(
                    path + ".rebuild-interval",
                    () -> BloomPolicy.of(new BloomFilterConfig(1, DEFAULT_FPP), Stream::empty)
                            .rebuiltEvery(rebuildInterval));
        }
    }

    /**
     * The policy of a guard.
     *
     * @param path where the settings are, for messages
     * @param bean the source's name, for messages
     */
    BloomPolicy<Object> policy(String path, String bean, Supplier<Stream<Object>> source) {
        if (expectedInsertions == null) {
            throw new HamsterConfigurationException(
                    "Bean '" + bean + "' is the source of the keys of a Bloom guard, but " + path
                            + ".expected-insertions isn't set.",
                    "Set it to the number of keys that there may be, or take @ForCache off the bean.");
        }
        BloomPolicy<Object> policy = CacheSettings.checked(
                path,
                () -> BloomPolicy.of(
                        new BloomFilterConfig(expectedInsertions, fpp == null ? DEFAULT_FPP : fpp), source));
        return rebuildInterval == null ? policy : policy.rebuiltEvery(rebuildInterval);
    }
}
