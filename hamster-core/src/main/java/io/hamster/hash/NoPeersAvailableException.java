package io.hamster.hash;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/** No peer can take a key: there are none that take traffic, or every candidate is dead. */
public final class NoPeersAvailableException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message how many peers were tried, and how many are alive at all
     */
    public NoPeersAvailableException(String message) {
        super(message);
    }

    NoPeersAvailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
