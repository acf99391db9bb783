package io.hamster.cache.writeback;

import io.hamster.HamsterException;

/** A flush couldn't write everything. What it didn't write is still dirty and will be tried again. */
public class FlushException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache and how many entries failed
     * @param cause the first failure
     */
    public FlushException(String message, Throwable cause) {
        super(message, cause);
    }
}
