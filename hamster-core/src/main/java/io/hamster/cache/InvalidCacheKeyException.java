package io.hamster.cache;

import io.hamster.InvalidKeyException;

/**
 * A cache's key, tag or name is null, empty, longer than 250 characters, or has control characters or half of a surrogate
 * pair; or a key has no text, in a cache that shares anything.
 */
public class InvalidCacheKeyException extends InvalidKeyException {

    /**
     * Creates the exception.
     *
     * @param message which rule the key broke, and the key in a form that is safe to print
     */
    public InvalidCacheKeyException(String message) {
        super(message);
    }
}
