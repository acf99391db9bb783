package io.hamster.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the store and this client's engine know together. */
final class DefaultLockAdmin implements LockAdmin {

    private final LockEngine engine;

    DefaultLockAdmin(LockEngine engine) {
        this.engine = engine;
    }

    @Override
    public List<HeldLock> list(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("Limit " + limit + " is out of range; give 1 or more");
        }
        Instant now = now();
        return engine.list(limit).stream().map(status -> described(status, now)).toList();
    }

    @Override
    public Optional<HeldLock> find(String key) {
        return engine.status(LockRequest.of(key).key()).map(status -> described(status, now()));
    }

    private Instant now() {
        return engine.clock().wallClockAt(engine.clock().now());
    }

    private HeldLock described(LockStatus status, Instant now) {
        Duration heldFor = Duration.between(status.acquiredAt(), now);
        if (heldFor.isNegative()) {
            // The store's clock is ahead of this one.
            heldFor = Duration.ZERO;
        }
        return new HeldLock(
                status.key(),
                status.owner(),
                status.fence(),
                status.acquiredAt(),
                now.plus(status.remaining()),
                heldFor,
                engine.waiters().waiting(status.key()),
                heldFor.compareTo(engine.settings().longHoldWarning()) >= 0);
    }

    @Override
    public boolean forceRelease(String key) {
        return engine.forceRelease(LockRequest.of(key).key());
    }

    @Override
    public LockStats stats() {
        return engine.counters().snapshot();
    }
}
