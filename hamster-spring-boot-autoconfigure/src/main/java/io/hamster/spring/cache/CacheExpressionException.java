package io.hamster.spring.cache;

import io.hamster.HamsterException;

/** An expression of a cache annotation gave a value of a type that its attribute can't use. */
public class CacheExpressionException extends HamsterException {

    /**
     * Creates the exception.
     *
     * @param message the attribute, the method, what the expression gave and what it has to give
     */
    public CacheExpressionException(String message) {
        super(message);
    }
}
