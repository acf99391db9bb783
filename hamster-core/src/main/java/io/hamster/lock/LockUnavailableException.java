package io.hamster.lock;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store couldn't be asked or didn't answer in time, so nobody knows whether the lock is free. Never means that
 * another owner holds it, and never that it is free.
 */
public final class LockUnavailableException extends LockException {

    LockUnavailableException(String key, String problem, @Nullable Throwable cause) {
        super(key, problem, cause);
    }

    /**
     * When the store is tried again at the earliest: it is known to be away, so requests fail at once until then.
     *
     * @return a duration from when this was thrown, or empty if that isn't known
     */
    public Optional<Duration> retryAfter() {
        return getCause() instanceof NotSentException unsent ? unsent.retryAfter() : Optional.empty();
    }
}
