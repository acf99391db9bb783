package io.hamster.hash;

import io.hamster.HamsterException;

/** The number of virtual nodes per peer is outside 1 to 1000. */
public final class InvalidReplicasException extends HamsterException {

    InvalidReplicasException(String message) {
        super(message);
    }
}
