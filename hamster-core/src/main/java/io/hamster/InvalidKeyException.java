package io.hamster;

/** A key is null, empty, too long or, for locks and caches, contains control characters. Nothing was changed. */
public class InvalidKeyException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message which rule the key broke, and the key in a form that is safe to print
     */
    public InvalidKeyException(String message) {
        super(message);
    }
}
