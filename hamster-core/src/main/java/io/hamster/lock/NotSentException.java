package io.hamster.lock;

import io.hamster.HamsterException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LockStore} fails with if a command was certainly not sent and never will be, because its server is known
 * to be away. After any other failure the command may still take effect.
 */
public final class NotSentException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message why it wasn't sent
     * @param cause what showed that the server is away, or {@code null}
     */
    public NotSentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
