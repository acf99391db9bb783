package io.hamster.spring.lock;

import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import java.time.Duration;

/**
 * One lock of a call.
 *
 * @param handle the lock
 * @param request what it was requested by
 */
record HeldLock(LockHandle handle, LockRequest request) {

    /** Renews it no more: it ends when its present lease does. */
    void lapse() {
        if (handle.isValid()) {
            Duration expiration = request.expiration();
            Duration lease = request.maxHold()
                    .filter(hold -> hold.compareTo(expiration) < 0)
                    .orElse(expiration);
            // A renewal that would come when the lease is over; the last one was sent before now.
            handle.autoRefresh(lease.minusNanos(1), lease);
        }
    }
}
