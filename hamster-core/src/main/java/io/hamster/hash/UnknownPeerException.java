package io.hamster.hash;

import io.hamster.HamsterException;

/** The status of a peer that a picker doesn't have was to be changed. Nothing was changed. */
public final class UnknownPeerException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param id the peer's id
     */
    public UnknownPeerException(String id) {
        super("There is no peer '" + id + "'; add it first, or check the id");
    }
}
