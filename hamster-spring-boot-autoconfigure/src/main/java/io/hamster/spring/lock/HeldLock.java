package io.hamster.spring.lock;

import io.hamster.lock.LockHandle;

/**
 * One lock of a call.
 *
 * @param handle the lock
 */
record HeldLock(LockHandle handle) {

    /** Renews it no more: it ends when its present lease does, but not before its {@code atLeastFor}. */
    void lapse() {
        handle.stopRefresh();
    }
}
