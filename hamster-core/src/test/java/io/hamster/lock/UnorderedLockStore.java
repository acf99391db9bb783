package io.hamster.lock;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * Makes a store forget that it can order waiters: a release is announced to everyone, as by publish/subscribe. A lock that
 * is handed over is not.
 */
public final class UnorderedLockStore implements LockStore {

    private final LockStore store;
    private final Executor announcer;
    private final List<Wakeups> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    /**
     * @param store keeps the locks
     * @param announcer tells of releases
     */
    public UnorderedLockStore(LockStore store, Executor announcer) {
        this.store = store;
        this.announcer = announcer;
    }

    /** Whether announcements get lost. */
    public void silent(boolean value) {
        silent = value;
    }

    /** Tells everyone that announcements may have been missed. */
    public void announceAll() {
        listeners.forEach(Wakeups::recheckAll);
    }

    /** Tells everyone of a release, late or though there was none. */
    public void announce(String key) {
        listeners.forEach(listener -> listener.woken(key, Optional.empty()));
    }

    private CompletionStage<Boolean> announced(String key, CompletionStage<Boolean> release) {
        return release.thenApply(released -> {
            if (released && !silent) {
                announcer.execute(() -> announce(key));
            }
            return released;
        });
    }

    @Override
    public CompletionStage<Answer> acquire(Ask ask) {
        return store.acquire(new Ask(ask.key(), ask.token(), ask.owner(), ask.lease(), Duration.ZERO));
    }

    @Override
    public CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch) {
        return store.renew(batch);
    }

    @Override
    public CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone) {
        return announced(key, store.release(key, token, tombstone));
    }

    @Override
    public HandOver handOver(LockToken holder, Ask next) {
        CompletionStage<Boolean> released = store.release(next.key(), holder, Duration.ZERO);
        CompletionStage<Answer> answer = acquire(next);
        CompletionStage<Answer> told = answer.thenCombine(released, (given, ended) -> {
            if (ended && !silent && !(given instanceof Answer.Granted)) {
                announcer.execute(() -> announce(next.key()));
            }
            return given;
        });
        return new HandOver(released, told);
    }

    @Override
    public CompletionStage<Optional<LockStatus>> status(String key) {
        return store.status(key);
    }

    @Override
    public CompletionStage<List<LockStatus>> list(int limit) {
        return store.list(limit);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key) {
        return announced(key, store.forceRelease(key));
    }

    @Override
    public Registration listen(Wakeups wakeups) {
        listeners.add(wakeups);
        return () -> listeners.remove(wakeups);
    }

    @Override
    public boolean ordersWaiters() {
        return false;
    }

    @Override
    public void close() {
        store.close();
    }
}
