package io.hamster.lock;

/**
 * The scope that asks already holds this lock and doesn't ask as {@code reentrant}, or holds it by an asynchronous request,
 * which can't be entered again: waiting would be waiting for oneself. Thrown at once, by {@code tryLock} too, because it is
 * a fault in the program and not contention.
 */
public final class NestedLockException extends LockNotAcquiredException {

    NestedLockException(String key, String problem) {
        super(key, problem, null);
    }
}
