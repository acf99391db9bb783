package io.hamster.lock;

/**
 * The store says that the lock isn't this handle's any more, though its lease had time left: it was force-released, the
 * store lost data, or the client was closed.
 */
public final class LockLostException extends LockException {

    LockLostException(String key) {
        super(
                key,
                "was lost before its lease ran out: it was released by force, its store lost it, or its client was"
                        + " closed; undo or repeat what it was to protect",
                null);
    }
}
