package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What one transaction does to caches once it has committed, in the order in which it asked for it. If nobody knows
 * whether it committed, whatever it would have put or dropped is dropped.
 */
final class TransactionChanges implements CacheTransactions.Pending, TransactionSynchronization {

    private final Object resourceKey;
    private final UncommittedPuts uncommitted;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<CacheChange> changes = new ArrayList<>();
    private final Map<HamsterCache<?, ?>, Touched> touched = new IdentityHashMap<>();
    private final Map<Object, Integer> savepoints = new HashMap<>();
    private boolean ended;

    TransactionChanges(Object resourceKey, UncommittedPuts uncommitted) {
        this.resourceKey = resourceKey;
        this.uncommitted = uncommitted;
    }

    @Override
    public boolean add(CacheChange change) {
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            changes.add(change);
            Touched reach = touched.computeIfAbsent(change.cache(), cache -> new Touched());
            change.keys().ifPresentOrElse(reach.keys::addAll, () -> reach.everything = true);
            if (change instanceof CacheChange.Put put) {
                reach.guards.computeIfAbsent(put.key(), key -> uncommitted.enter(put.cache(), key));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean touches(HamsterCache<?, ?> cache, Object key) {
        lock.lock();
        try {
            Touched reach = ended ? null : touched.get(cache);
            return reach != null && (reach.everything || reach.keys.contains(key));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int getOrder() {
        // Others that run after the commit may already read.
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void suspend() {
        TransactionSynchronizationManager.unbindResource(resourceKey);
    }

    @Override
    public void resume() {
        TransactionSynchronizationManager.bindResource(resourceKey, this);
    }

    @Override
    public void savepoint(Object savepoint) {
        lock.lock();
        try {
            savepoints.put(savepoint, changes.size());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void savepointRollback(Object savepoint) {
        lock.lock();
        try {
            // What was touched stays so: reading past the cache once too often does no harm.
            changes.subList(savepoints.getOrDefault(savepoint, changes.size()), changes.size())
                    .clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void afterCommit() {
        applyAll(end());
    }

    @Override
    public void afterCompletion(int status) {
        TransactionSynchronizationManager.unbindResourceIfPossible(resourceKey);
        // Empty unless there was no commit, or what else was to run after it failed before this could.
        List<CacheChange> left = end();
        try {
            if (status == STATUS_COMMITTED) {
                applyAll(left);
            } else if (status == STATUS_UNKNOWN) {
                applyAll(left.stream().map(TransactionChanges::inDoubt).toList());
            }
        } finally {
            touched.values().forEach(Touched::close);
        }
    }

    private List<CacheChange> end() {
        lock.lock();
        try {
            List<CacheChange> open = ended ? List.of() : List.copyOf(changes);
            ended = true;
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** One failure keeps none of the others from being applied. */
    private void applyAll(List<CacheChange> all) {
        RuntimeException failure = null;
        for (CacheChange change : all) {
            try {
                apply(change);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void apply(CacheChange change) {
        Touched reach = touched.get(change.cache());
        UncommittedPuts.Guard guard =
                change instanceof CacheChange.Put put && reach != null ? reach.guards.get(put.key()) : null;
        if (guard != null) {
            guard.put((CacheChange.Put) change);
        } else {
            change.apply();
        }
    }

    private static CacheChange inDoubt(CacheChange change) {
        return change.keys()
                .<CacheChange>map(keys -> new CacheChange.Drop(change.cache(), keys))
                .orElse(change);
    }

    /** What is known of one cache. */
    private static final class Touched {

        private final Set<Object> keys = new HashSet<>();
        private final Map<Object, UncommittedPuts.Guard> guards = new HashMap<>();
        private boolean everything;

        private void close() {
            guards.values().forEach(UncommittedPuts.Guard::close);
        }
    }
}
