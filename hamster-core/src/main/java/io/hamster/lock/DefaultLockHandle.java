package io.hamster.lock;

import io.hamster.Keys;
import io.hamster.lock.LockListener.Loss;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A grant as its holder sees it: with its scope, its re-entries and whom to tell of its loss. */
final class DefaultLockHandle extends Grant implements LockHandle {

    private static final AtomicIntegerFieldUpdater<DefaultLockHandle> HOLDS =
            AtomicIntegerFieldUpdater.newUpdater(DefaultLockHandle.class, "holds");
    private static final AtomicReferenceFieldUpdater<DefaultLockHandle, LossCallbacks> CALLBACKS =
            AtomicReferenceFieldUpdater.newUpdater(DefaultLockHandle.class, LossCallbacks.class, "callbacks");

    /** Beside the count of holders: the first of them has left. */
    private static final int ROOT_LEFT = 1 << 30;

    private final boolean asynchronous;
    private volatile @Nullable LockContext scope;
    private volatile LossCallbacks callbacks = LossCallbacks.NONE;
    private volatile int holds = 1;

    DefaultLockHandle(LockEngine engine, LockRequest request, LockToken token, boolean asynchronous) {
        super(engine, request, token);
        this.asynchronous = asynchronous;
    }

    /** Acquired without a thread that waits, so nothing that runs belongs to it. */
    boolean asynchronous() {
        return asynchronous;
    }

    @Override
    public String key() {
        return request().key();
    }

    @Override
    public String token() {
        return lockToken().toString();
    }

    @Override
    public long fence() {
        return fenceNumber();
    }

    @Override
    public Instant acquiredAt() {
        return clock().wallClockAt(acquired());
    }

    @Override
    public Instant validUntil() {
        return clock().wallClockAt(deadline());
    }

    @Override
    public Duration remaining() {
        return isValid() ? remainingLife() : Duration.ZERO;
    }

    Duration remainingLife() {
        return Duration.ofNanos(Math.max(0, deadline() - clock().now()));
    }

    @Override
    public boolean isValid() {
        return (holds & ROOT_LEFT) == 0 && live();
    }

    @Override
    public boolean checkValid() {
        return isValid() && engine().confirm(this) && isValid();
    }

    @Override
    public void assertHeld() {
        if ((holds & ROOT_LEFT) != 0) {
            throw new LockNotHeldException(key());
        }
        assertLive();
    }

    void assertLive() {
        if (!live()) {
            throw endedAs(key());
        }
    }

    @Override
    public void refresh() {
        assertHeld();
        engine().refresh(this);
        assertHeld();
    }

    @Override
    public void extend(Duration lease, Duration atLeastFor) {
        assertHeld();
        extendLive(lease, atLeastFor);
        assertHeld();
    }

    /** Extends it on behalf of any of its holders. */
    void extendLive(Duration lease, Duration atLeastFor) {
        LockRequest longer =
                request().toBuilder().expiration(lease).atLeastFor(atLeastFor).build();
        long asked = clock().now();
        lengthen(longer.leaseNanos());
        engine().refresh(this);
        keepUntil(asked + atLeastFor.toNanos());
    }

    @Override
    public void autoRefresh(Duration interval, Duration timeout) {
        if (interval.isNegative() || interval.isZero() || interval.toNanos() >= leaseNanos()) {
            throw new IllegalArgumentException("Lock refresh interval " + interval
                    + " is out of range; give more than 0, less than the lease of " + Duration.ofNanos(leaseNanos()));
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "Lock refresh timeout " + timeout + " is out of range; give more than 0");
        }
        renewEvery(interval, timeout);
    }

    @Override
    public void stopRefresh() {
        renewNoMore();
    }

    @Override
    public void onLost(Consumer<? super LockHandle> callback) {
        LossCallbacks known = callbacks;
        while (known != LossCallbacks.DONE && !CALLBACKS.compareAndSet(this, known, known.with(callback))) {
            known = callbacks;
        }
        if (known == LossCallbacks.DONE) {
            engine().execute(() -> engine().runCallback(this, callback));
        }
    }

    @Override
    void lost(Loss loss) {
        engine().lost(this, loss);
    }

    /** Runs the callbacks; later ones run when they come. */
    void runCallbacks() {
        CALLBACKS.getAndSet(this, LossCallbacks.DONE).forEach(callback -> engine().runCallback(this, callback));
    }

    void enteredScope(LockContext entered) {
        scope = entered;
    }

    void leaveScope() {
        LockContext entered = scope;
        if (entered != null) {
            entered.exited(this);
        }
    }

    /** Takes part in the lock once more. False if its last holder has left. */
    boolean enter() {
        for (int h = holds; (h & ~ROOT_LEFT) > 0; h = holds) {
            if (HOLDS.compareAndSet(this, h, h + 1)) {
                return true;
            }
        }
        return false;
    }

    /** A nested holder leaves. */
    CompletableFuture<Void> leaveNested() {
        return leave(0);
    }

    /** One holder leaves; the last one releases the lock. */
    private CompletableFuture<Void> leave(int flag) {
        for (int h = holds; ; h = holds) {
            if ((h & flag) != 0) {
                return CompletableFuture.failedFuture(new LockNotHeldException(key()));
            }
            if (HOLDS.compareAndSet(this, h, (h - 1) | flag)) {
                boolean others = ((h - 1) & ~ROOT_LEFT) > 0;
                return others ? left(live()) : releaseAll();
            }
        }
    }

    private CompletableFuture<Void> left(boolean live) {
        return live ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(endedAs(key()));
    }

    private CompletableFuture<Void> releaseAll() {
        long now = release();
        if (now == NOTHING) {
            return left(false);
        }
        // Out of the timer before the release is sent, so that no renewal follows it.
        engine().timer().remove(this);
        return engine().releases().release(this, now - acquired());
    }

    @Override
    public CompletableFuture<Void> unlockAsync() {
        leaveScope();
        return leave(ROOT_LEFT);
    }

    @Override
    public void unlock() {
        LockEngine.join(unlockAsync(), key());
    }

    @Override
    public void close() {
        engine().joinQuietly(unlockAsync(), key());
    }

    @Override
    public String toString() {
        return "LockHandle[" + Keys.shortened(key()) + ", fence=" + fence() + ", "
                + (live() ? "valid for " + remaining() : "ended") + "]";
    }
}
