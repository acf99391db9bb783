package io.hamster.lock;

/**
 * The thread was interrupted while it waited. The request was withdrawn and holds nothing; the thread's interrupt flag
 * is set again.
 */
public final class LockInterruptedException extends LockException {

    LockInterruptedException(String key, InterruptedException cause) {
        super(key, "was not acquired: the waiting thread was interrupted; the request was withdrawn", cause);
    }
}
