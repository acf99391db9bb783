package io.hamster.hash;

import io.hamster.HamsterException;

/** A peer's id, address or weight is not allowed, or two peers in one call have the same id. Nothing was changed. */
public final class InvalidPeerException extends HamsterException {

    InvalidPeerException(String message) {
        super(message);
    }
}
