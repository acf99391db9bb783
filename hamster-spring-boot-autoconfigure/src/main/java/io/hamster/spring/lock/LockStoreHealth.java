package io.hamster.spring.lock;

import java.util.Map;

/**
 * What a lock store tells of itself in the health part {@code locks}; a bean beside the store, for those that depend on
 * something outside of this JVM. Answers from what is known and waits for nothing. Its methods are called one after the
 * other, so what changes in between may be in one answer alone.
 */
public interface LockStoreHealth {

    /**
     * Whether locks can be acquired now, as far as is known.
     *
     * @return {@code false} if the part is to be {@code DOWN}
     */
    boolean isUp();

    /**
     * What else is worth knowing.
     *
     * @return details by their names
     */
    Map<String, Object> details();
}
