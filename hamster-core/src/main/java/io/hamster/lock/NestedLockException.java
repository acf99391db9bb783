package io.hamster.lock;

/**
 * The scope that asks already holds this lock and one of the two requests isn't reentrant: waiting would be waiting for
 * oneself. Thrown at once, by {@code tryLock} too, because it is a fault in the program and not contention.
 */
public final class NestedLockException extends LockNotAcquiredException {

    NestedLockException(String key, String problem) {
        super(key, problem, null);
    }
}
