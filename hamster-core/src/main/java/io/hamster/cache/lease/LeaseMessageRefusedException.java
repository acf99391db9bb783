package io.hamster.cache.lease;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/** A message about loads wasn't sent since this node itself refuses to: it is too large, or too many wait for answers. */
public final class LeaseMessageRefusedException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message which bound was reached, and its value
     * @param cause what the messages of the channel are refused with, or {@code null}
     */
    public LeaseMessageRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
