package io.hamster.lock;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lock is held by another owner and didn't become free in time. The store was reached: it said so. */
public class LockNotAcquiredException extends LockException {

    private final @Nullable Duration remaining;

    LockNotAcquiredException(String key, String problem, @Nullable Duration remaining) {
        super(key, problem, null);
        this.remaining = remaining;
    }

    /**
     * How long the present holder's lease still had to run when the store was last asked. The holder may renew it or
     * release the lock earlier.
     *
     * @return a duration, or empty if the store didn't say
     */
    public Optional<Duration> remaining() {
        return Optional.ofNullable(remaining);
    }
}
