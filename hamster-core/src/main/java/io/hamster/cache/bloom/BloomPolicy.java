package io.hamster.cache.bloom;

import io.hamster.InvalidExpirationException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How a {@link BloomGuard} is filled. Immutable.
 *
 * @param filter the size of its filter
 * @param source opens a stream of all keys that there are; called at start and for each rebuild, on the client's
 *     executor. The stream is read once, possibly for long, and closed. It has to show every key that was there when it
 *     was opened
 * @param rebuildInterval positive; how long after one rebuild the next begins, which forgets deleted keys and learns of
 *     those that came by another way; empty for rebuilds on demand only
 * @param keyHash hashes the keys
 * @param <K> the keys
 */
public record BloomPolicy<K>(
        BloomFilterConfig filter,
        Supplier<? extends Stream<? extends K>> source,
        Optional<Duration> rebuildInterval,
        KeyHash<? super K> keyHash) {

    /**
     * Checks the interval.
     *
     * @param filter the size of its filter
     * @param source opens a stream of all keys that there are
     * @param rebuildInterval how long after one rebuild the next begins
     * @param keyHash hashes the keys
     * @throws InvalidExpirationException if it is zero or negative
     */
    public BloomPolicy {
        rebuildInterval.ifPresent(interval -> {
            if (interval.isZero() || interval.isNegative()) {
                throw new InvalidExpirationException(
                        "The Bloom guard's rebuildInterval is " + interval + "; it must be more than zero");
            }
        });
    }

    /**
     * A guard that is rebuilt on demand, for {@linkplain KeyHash#standard() any keys}.
     *
     * @param filter the size of its filter
     * @param source opens a stream of all keys that there are
     * @return the policy
     * @param <K> the keys
     */
    public static <K> BloomPolicy<K> of(BloomFilterConfig filter, Supplier<? extends Stream<? extends K>> source) {
        return new BloomPolicy<>(filter, source, Optional.empty(), KeyHash.standard());
    }

    /**
     * This policy with rebuilds from time to time.
     *
     * @param interval positive; from the end of one rebuild to the beginning of the next
     * @return the policy
     * @throws InvalidExpirationException if {@code interval} is zero or negative
     */
    public BloomPolicy<K> rebuiltEvery(Duration interval) {
        return new BloomPolicy<>(filter, source, Optional.of(interval), keyHash);
    }

    /**
     * This policy with another hash.
     *
     * @param hash hashes the keys
     * @return the policy
     */
    public BloomPolicy<K> hashedBy(KeyHash<? super K> hash) {
        return new BloomPolicy<>(filter, source, rebuildInterval, hash);
    }
}
