package io.hamster.spring.lock;

import io.hamster.lock.LockListener;
import java.util.List;

/** All listeners of the application as one. */
record LockListeners(List<LockListener> all) implements LockListener {

    @Override
    public void requested(String key, Outcome outcome, boolean contended, long waitNanos) {
        all.forEach(one -> one.requested(key, outcome, contended, waitNanos));
    }

    @Override
    public void released(String key, long holdNanos) {
        all.forEach(one -> one.released(key, holdNanos));
    }

    @Override
    public void lost(String key, Loss loss, long holdNanos) {
        all.forEach(one -> one.lost(key, loss, holdNanos));
    }

    @Override
    public void refreshed(String key) {
        all.forEach(one -> one.refreshed(key));
    }

    @Override
    public void heldLong(String key, long holdNanos) {
        all.forEach(one -> one.heldLong(key, holdNanos));
    }
}
