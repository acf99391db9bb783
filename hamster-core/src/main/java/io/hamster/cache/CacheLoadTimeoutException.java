package io.hamster.cache;

/** A load took longer than the policy's {@code hardTimeout} and there was no stale value to serve. The load goes on. */
public class CacheLoadTimeoutException extends CacheLoadException {

    /**
     * Creates the exception.
     *
     * @param message the cache, the key (shortened) and the timeout
     */
    public CacheLoadTimeoutException(String message) {
        super(message, null);
    }
}
