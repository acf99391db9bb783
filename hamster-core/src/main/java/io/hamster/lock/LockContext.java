package io.hamster.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The owner of locks that were acquired by waiting for them: a scope, usually that of one thread, that may be carried to
 * another. A request for a lock that its own scope holds is a re-entry, or at once an error; it never waits for itself.
 *
 * <p>Each thread has a scope of its own from its first lock to its last release. To let another thread continue what
 * this one began, {@link #capture()} here and {@link #call} there. Thread-safe.
 */
public final class LockContext {

    private static final ThreadLocal<@Nullable LockContext> CURRENT = new ThreadLocal<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final List<LockHandle> held = new ArrayList<>(2);

    private LockContext() {}

    /**
     * The lock that the running code was called under: the innermost of this scope, held or lost, that hasn't been
     * released.
     *
     * @return its handle, or empty outside of any lock
     */
    public static Optional<LockHandle> current() {
        LockContext scope = CURRENT.get();
        return scope == null ? Optional.empty() : scope.innermost();
    }

    /**
     * This thread's scope.
     *
     * @return the scope, to be carried to another thread
     */
    public static LockContext capture() {
        LockContext scope = CURRENT.get();
        if (scope == null) {
            scope = new LockContext();
            CURRENT.set(scope);
        }
        return scope;
    }

    /**
     * A new scope.
     *
     * @param handles locks that code running in it is protected by, outermost first
     * @return the scope
     */
    public static LockContext of(LockHandle... handles) {
        LockContext scope = new LockContext();
        scope.held.addAll(List.of(handles));
        return scope;
    }

    /**
     * Runs work in this scope, on this thread; then the thread returns to the scope it was in.
     *
     * @param work what to run
     * @return what the work returned
     * @param <T> type of the result
     * @throws Exception what the work threw
     */
    public <T extends @Nullable Object> T call(Callable<? extends T> work) throws Exception {
        LockContext before = CURRENT.get();
        CURRENT.set(this);
        try {
            return work.call();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }

    static @Nullable LockContext currentScope() {
        return CURRENT.get();
    }

    void entered(LockHandle handle) {
        lock.lock();
        try {
            held.add(handle);
        } finally {
            lock.unlock();
        }
    }

    void exited(LockHandle handle) {
        boolean empty;
        lock.lock();
        try {
            // By identity and from the end: almost always the last one.
            for (int i = held.size() - 1; i >= 0; i--) {
                if (held.get(i) == handle) {
                    held.remove(i);
                    break;
                }
            }
            empty = held.isEmpty();
        } finally {
            lock.unlock();
        }
        if (empty && CURRENT.get() == this) {
            // A pooled thread must not keep this class, and its application's class loader, alive.
            CURRENT.remove();
        }
    }

    /** The innermost handle of that engine's key, root or nested. */
    @Nullable
    LockHandle find(LockEngine engine, String key) {
        lock.lock();
        try {
            for (int i = held.size() - 1; i >= 0; i--) {
                DefaultLockHandle root = root(held.get(i));
                if (root != null && root.engine() == engine && root.key().equals(key)) {
                    return held.get(i);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** The grant behind a handle of this package; null for another. */
    static @Nullable DefaultLockHandle root(LockHandle handle) {
        if (handle instanceof ReentrantHandle nested) {
            return nested.root();
        }
        return handle instanceof DefaultLockHandle root ? root : null;
    }

    private Optional<LockHandle> innermost() {
        lock.lock();
        try {
            return held.isEmpty() ? Optional.empty() : Optional.of(held.get(held.size() - 1));
        } finally {
            lock.unlock();
        }
    }
}
