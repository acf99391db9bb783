package io.hamster.lock;

/** The handle was released before. */
public final class LockNotHeldException extends LockException {

    LockNotHeldException(String key) {
        super(key, "is not held by this handle: it was released before; ask for a new one", null);
    }
}
