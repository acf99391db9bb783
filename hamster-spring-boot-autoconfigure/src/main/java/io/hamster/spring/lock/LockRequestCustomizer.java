package io.hamster.spring.lock;

import io.hamster.lock.LockRequest;

/**
 * A bean that changes what lock requests ask for. Called for each request made by {@link LockRequests}, after
 * {@code hamster.lock.*} and before the attributes of an annotation; in the beans' order. Must be thread-safe and quick.
 */
@FunctionalInterface
public interface LockRequestCustomizer {

    /**
     * Changes a request.
     *
     * @param key the lock's key
     * @param request what to change
     */
    void customize(String key, LockRequest.Builder request);
}
