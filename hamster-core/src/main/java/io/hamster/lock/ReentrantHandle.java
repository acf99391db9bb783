package io.hamster.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A lock that its own scope took once more: the same grant, with a release of its own. */
final class ReentrantHandle implements LockHandle {

    private final DefaultLockHandle root;
    private final LockContext scope;
    private final AtomicBoolean left = new AtomicBoolean();

    ReentrantHandle(DefaultLockHandle root, LockContext scope) {
        this.root = root;
        this.scope = scope;
    }

    DefaultLockHandle root() {
        return root;
    }

    @Override
    public String key() {
        return root.key();
    }

    @Override
    public String token() {
        return root.token();
    }

    @Override
    public long fence() {
        return root.fence();
    }

    @Override
    public Instant acquiredAt() {
        return root.acquiredAt();
    }

    @Override
    public Instant validUntil() {
        return root.validUntil();
    }

    @Override
    public Duration remaining() {
        return isValid() ? root.remainingLife() : Duration.ZERO;
    }

    @Override
    public boolean isValid() {
        return !left.get() && root.live();
    }

    @Override
    public boolean checkValid() {
        return isValid() && root.engine().confirm(root) && isValid();
    }

    @Override
    public void assertHeld() {
        if (left.get()) {
            throw new LockNotHeldException(key());
        }
        root.assertLive();
    }

    @Override
    public void refresh() {
        assertHeld();
        root.engine().refresh(root);
        assertHeld();
    }

    @Override
    public void extend(Duration lease, Duration atLeastFor) {
        assertHeld();
        root.extendLive(lease, atLeastFor);
        assertHeld();
    }

    @Override
    public void autoRefresh(Duration interval, Duration timeout) {
        root.autoRefresh(interval, timeout);
    }

    @Override
    public void stopRefresh() {
        root.stopRefresh();
    }

    @Override
    public void onLost(Consumer<? super LockHandle> callback) {
        root.onLost(lost -> callback.accept(this));
    }

    @Override
    public CompletableFuture<Void> unlockAsync() {
        if (!left.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new LockNotHeldException(key()));
        }
        scope.exited(this);
        return root.leaveNested();
    }

    @Override
    public void unlock() {
        LockEngine.join(unlockAsync(), key());
    }

    @Override
    public void close() {
        root.engine().joinQuietly(unlockAsync(), key());
    }

    @Override
    public String toString() {
        return "nested " + root;
    }
}
