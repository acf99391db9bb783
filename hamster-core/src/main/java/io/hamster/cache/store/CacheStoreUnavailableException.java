package io.hamster.cache.store;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/**
 * A shared cache tier couldn't be asked or didn't answer in time. A read that fails with it says nothing of what the
 * store holds; a change that fails with it may have been made or may still be.
 */
public final class CacheStoreUnavailableException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache's name and what happened; never a whole key or a value
     * @param cause what the store's client reported, or {@code null}
     */
    public CacheStoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
