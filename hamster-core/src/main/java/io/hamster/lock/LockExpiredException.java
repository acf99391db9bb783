package io.hamster.lock;

/**
 * The handle's own deadline has passed: it was not renewed in time, so another owner may hold the lock by now. What was
 * done since then was not protected.
 */
public final class LockExpiredException extends LockException {

    LockExpiredException(String key) {
        super(
                key,
                "has expired: its lease ran out before it was renewed or released; give it a longer expiration or"
                        + " leave autoRefresh on",
                null);
    }
}
