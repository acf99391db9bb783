package io.hamster.cache.writeback;

import io.hamster.HamsterException;

/** A cache has as many dirty entries as it may have; the write wasn't taken. */
public class WriteBackFullException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache, its bound and what to do
     */
    public WriteBackFullException(String message) {
        super(message);
    }
}
