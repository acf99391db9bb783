package io.hamster.cluster;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/** Root of what goes wrong in a cluster. */
public abstract class ClusterException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message what was wrong, with which value, and what to do
     */
    protected ClusterException(String message) {
        super(message);
    }

    /**
     * Creates the exception with a cause.
     *
     * @param message what was wrong, with which value, and what to do
     * @param cause what led to it, or {@code null}
     */
    protected ClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
