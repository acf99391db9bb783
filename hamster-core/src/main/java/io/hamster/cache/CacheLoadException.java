package io.hamster.cache;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/** A loader failed with a checked exception, which is the cause, or the load could not be awaited. */
public class CacheLoadException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache, the key (shortened) and what happened
     * @param cause the loader's exception, or {@code null}
     */
    public CacheLoadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
