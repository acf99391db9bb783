package io.hamster;

import org.jspecify.annotations.Nullable;

/**
 * Root of every exception that Hamster defines. Unchecked; the message says what was wrong, with which value, and what
 * to do about it.
 */
public abstract class HamsterException extends RuntimeException {

    /**
     * Creates the exception without a cause.
     *
     * @param message what was wrong, with which value, and what to do
     */
    protected HamsterException(String message) {
        super(message);
    }

    /**
     * Creates the exception with a cause.
     *
     * @param message what was wrong, with which value, and what to do
     * @param cause what led to it, or {@code null} if nothing did
     */
    protected HamsterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
