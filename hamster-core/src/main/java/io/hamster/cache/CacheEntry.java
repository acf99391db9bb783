package io.hamster.cache;

import java.time.Instant;
import java.util.Optional;

/**
 * What a cache holds for a key.
 *
 * @param value the value, or empty when the cache remembers that there is none
 * @param createdAt when it was put, or when the load that gave it began
 * @param expiresAt when it expires; while it is dirty, far in the future
 * @param dirty whether it still has to be written to its source
 * @param <V> the values
 */
public record CacheEntry<V>(Optional<V> value, Instant createdAt, Instant expiresAt, boolean dirty) {}
