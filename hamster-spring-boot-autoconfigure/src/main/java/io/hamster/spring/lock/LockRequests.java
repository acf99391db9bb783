package io.hamster.spring.lock;

import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import java.time.Duration;
import java.util.List;

/** Starts lock requests with what the application configured. Thread-safe. */
public final class LockRequests {

    private final Duration lease;
    private final Duration timeout;
    private final RetryStrategy retry;
    private final List<LockRequestCustomizer> customizers;

    LockRequests(HamsterLockProperties properties, List<LockRequestCustomizer> customizers) {
        this.lease = properties.lease();
        this.timeout = properties.timeout();
        this.retry = properties.retry().toStrategy();
        this.customizers = List.copyOf(customizers);
    }

    /**
     * Starts a request as {@code hamster.lock.*} and the {@link LockRequestCustomizer}s have it.
     *
     * @param key the lock's key
     * @return a builder to change further
     * @throws io.hamster.lock.InvalidLockKeyException if the key is empty, too long or contains control characters
     */
    public LockRequest.Builder builder(String key) {
        LockRequest.Builder builder =
                LockRequest.builder(key).expiration(lease).timeout(timeout).retry(retry);
        for (LockRequestCustomizer customizer : customizers) {
            customizer.customize(key, builder);
        }
        return builder;
    }
}
