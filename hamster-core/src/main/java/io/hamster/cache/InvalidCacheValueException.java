package io.hamster.cache;

import io.hamster.HamsterException;

/** A value that was to be put is {@code null}. */
public class InvalidCacheValueException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache, the key (shortened) and what to do instead
     */
    public InvalidCacheValueException(String message) {
        super(message);
    }
}
