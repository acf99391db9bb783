package io.hamster.cache;

import io.hamster.HamsterException;

/** A required key has no value. */
public class KeyNotFoundException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache and the key, shortened
     */
    public KeyNotFoundException(String message) {
        super(message);
    }
}
