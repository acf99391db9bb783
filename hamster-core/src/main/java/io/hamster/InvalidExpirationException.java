package io.hamster;

/** A lease, time to live or timeout is zero, negative or beyond its range. Nothing was changed. */
public class InvalidExpirationException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message which duration was wrong, its value and its range
     */
    public InvalidExpirationException(String message) {
        super(message);
    }
}
