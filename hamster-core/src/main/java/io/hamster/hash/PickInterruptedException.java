package io.hamster.hash;

import io.hamster.HamsterException;

/** This thread was interrupted while it waited for another caller's pick of the same key. Its interrupt status is set. */
public final class PickInterruptedException extends HamsterException {

    PickInterruptedException(InterruptedException cause) {
        super("Interrupted while waiting for another caller's pick of the same key", cause);
    }
}
