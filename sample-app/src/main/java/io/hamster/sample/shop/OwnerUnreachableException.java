package io.hamster.sample.shop;

import io.hamster.hash.Peer;

/** The instance that keeps an event's holds doesn't answer. */
class OwnerUnreachableException extends RuntimeException {

    OwnerUnreachableException(Peer owner, Throwable cause) {
        super(
                "The instance " + owner.id() + ", which keeps this event's holds, doesn't answer. Try again later.",
                cause);
    }
}
