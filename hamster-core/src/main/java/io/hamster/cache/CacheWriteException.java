package io.hamster.cache;

import io.hamster.HamsterException;

/**
 * A writer failed with a checked exception, which is the cause. The cache is as it was before, but after
 * {@link HamsterCache#putAll}: the batches before the one that failed are written and cached, and what was cached of the
 * failed one, if it had several keys, is dropped.
 */
public class CacheWriteException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the cache and what happened
     * @param cause the writer's exception
     */
    public CacheWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}
