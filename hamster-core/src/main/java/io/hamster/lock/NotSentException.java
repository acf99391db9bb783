package io.hamster.lock;

import io.hamster.HamsterException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LockStore} fails with if a command was certainly not sent and never will be, because its server is known
 * to be away. After any other failure the command may still take effect.
 */
public final class NotSentException extends HamsterException {

    private final @Nullable Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param message why it wasn't sent
     * @param cause what showed that the server is away, or {@code null}
     */
    public NotSentException(String message, @Nullable Throwable cause) {
        this(message, cause, null);
    }

    NotSentException(String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    /**
     * When the server is tried again at the earliest.
     *
     * @return a duration from when this was thrown, or empty if that isn't known
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
