package io.hamster.cache;

import io.hamster.HamsterException;

/** A loader asked, directly or through other loads, for a key whose load waits for it: it would wait for ever. */
public class CyclicLoadException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache and the key (shortened) that closed the circle
     */
    public CyclicLoadException(String message) {
        super(message);
    }
}
