package io.hamster.lock;

import io.hamster.HamsterException;
import io.hamster.Keys;
import org.jspecify.annotations.Nullable;

/** Root of what can go wrong with one lock. The message holds the shortened key; {@link #key()} has all of it. */
public abstract class LockException extends HamsterException {

    private final String key;

    LockException(String key, String problem, @Nullable Throwable cause) {
        super(key.isEmpty() ? problem : "Lock '" + Keys.shortened(key) + "' " + problem, cause);
        this.key = key;
    }

    /**
     * The lock's key.
     *
     * @return the key as it was requested; empty if no single lock is concerned
     */
    public final String key() {
        return key;
    }
}
