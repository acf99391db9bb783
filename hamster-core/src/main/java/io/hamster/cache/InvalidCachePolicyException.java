package io.hamster.cache;

import io.hamster.HamsterException;

/** A cache's policy is out of range or contradicts itself, or a cache exists already with another policy. */
public class InvalidCachePolicyException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message which settings were wrong, their values and what to set
     */
    public InvalidCachePolicyException(String message) {
        super(message);
    }
}
