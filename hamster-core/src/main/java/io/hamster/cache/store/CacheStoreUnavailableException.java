package io.hamster.cache.store;

import io.hamster.HamsterException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A shared cache tier couldn't be asked or didn't answer in time. A read that fails with it says nothing of what the
 * store holds; a change that fails with it may have been made or may still be.
 */
public final class CacheStoreUnavailableException extends HamsterException {

    private final @Nullable Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param message the cache's name and what happened; never a whole key or a value
     * @param cause what the store's client reported, or {@code null}
     */
    public CacheStoreUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, cause instanceof CacheStoreUnavailableException known ? known.retryAfter : null);
    }

    /**
     * Creates the exception of a store that is known to be away.
     *
     * @param message the cache's name and what happened; never a whole key or a value
     * @param cause what the store's client reported, or {@code null}
     * @param retryAfter when the store is tried again at the earliest, or {@code null} if that isn't known
     */
    public CacheStoreUnavailableException(String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    /**
     * When the store is tried again at the earliest: it is known to be away, so requests fail at once until then.
     *
     * @return a duration from when this was thrown, or empty if that isn't known
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
