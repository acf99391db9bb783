package io.hamster.lock;

import io.hamster.InvalidKeyException;

/** A lock key is null, empty, longer than 200 bytes of UTF-8 or contains control characters. Nothing was locked. */
public final class InvalidLockKeyException extends InvalidKeyException {

    /**
     * Creates the exception.
     *
     * @param message which rule the key broke
     */
    public InvalidLockKeyException(String message) {
        super(message);
    }
}
