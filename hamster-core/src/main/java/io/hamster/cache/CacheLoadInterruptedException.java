package io.hamster.cache;

/**
 * The calling thread was interrupted while it waited for a load, or while it ran one; its interrupt flag is set again.
 * Other callers aren't affected.
 */
public class CacheLoadInterruptedException extends CacheLoadException {

    /**
     * Creates the exception.
     *
     * @param message the cache and the key (shortened)
     * @param cause the interruption
     */
    public CacheLoadInterruptedException(String message, InterruptedException cause) {
        super(message, cause);
    }
}
