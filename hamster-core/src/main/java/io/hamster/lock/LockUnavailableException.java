package io.hamster.lock;

import org.jspecify.annotations.Nullable;

/**
 * The store couldn't be asked or didn't answer in time, so nobody knows whether the lock is free. Never means that
 * another owner holds it, and never that it is free.
 */
public final class LockUnavailableException extends LockException {

    LockUnavailableException(String key, String problem, @Nullable Throwable cause) {
        super(key, problem, cause);
    }
}
