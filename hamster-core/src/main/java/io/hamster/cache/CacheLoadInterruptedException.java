package io.hamster.cache;

/**
 * A thread was interrupted while it waited for a load, or while it ran one; its interrupt flag is set again. It is the
 * calling thread, or the one that ran the load for this caller if that was another. Other callers aren't affected.
 */
public class CacheLoadInterruptedException extends CacheLoadException {

    /**
     * Creates the exception.
     *
     * @param message the cache and the key (shortened)
     * @param cause the interruption
     */
    public CacheLoadInterruptedException(String message, Throwable cause) {
        super(message, cause);
    }
}
