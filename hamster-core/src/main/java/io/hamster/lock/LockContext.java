package io.hamster.lock;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The owner of locks, but for those that were acquired by {@link LockClient#lockAsync}: a scope, usually that of one
 * thread, that may be carried to another. A request for a lock that its own scope holds is a re-entry, or at once an error;
 * it never waits for itself.
 *
 * <p>Each thread has a scope of its own from its first lock to its last release. To let another thread continue what
 * this one began, {@link #capture()} here and {@link #call} there. Thread-safe.
 */
public final class LockContext {

    private static final AtomicReferenceFieldUpdater<LockContext, Entry> INNERMOST =
            AtomicReferenceFieldUpdater.newUpdater(LockContext.class, Entry.class, "innermost");

    private static final AtomicIntegerFieldUpdater<LockContext> INSTALLED =
            AtomicIntegerFieldUpdater.newUpdater(LockContext.class, "installed");

    // An array of the JDK, emptied when the scope is: a thread that outlives the application keeps none of its classes.
    private static final ThreadLocal<@Nullable Object[]> CURRENT = ThreadLocal.withInitial(() -> new Object[1]);

    private volatile Entry innermost = Entry.NONE;
    private volatile int installed;

    private LockContext() {}

    /**
     * The lock that the running code was called under: the innermost of this scope, held or lost, that hasn't been
     * released.
     *
     * @return its handle, or empty outside of any lock
     */
    public static Optional<LockHandle> current() {
        LockContext scope = currentScope();
        return scope == null ? Optional.empty() : Optional.ofNullable(scope.innermost.handle);
    }

    /**
     * This thread's scope.
     *
     * @return the scope, to be carried to another thread
     */
    public static LockContext capture() {
        @Nullable Object[] slot = CURRENT.get();
        if (slot[0] instanceof LockContext scope) {
            return scope;
        }
        LockContext scope = new LockContext();
        slot[0] = scope;
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
        for (LockHandle handle : handles) {
            scope.entered(handle);
        }
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
        @Nullable Object[] slot = CURRENT.get();
        Object before = slot[0];
        slot[0] = this;
        INSTALLED.incrementAndGet(this);
        try {
            return work.call();
        } finally {
            INSTALLED.decrementAndGet(this);
            slot[0] = before;
        }
    }

    /**
     * Runs work in this scope with a lock as its current one that was acquired earlier, in this scope or elsewhere.
     *
     * @param handle what {@link #current()} says while the work runs; it isn't released afterwards
     * @param work the work
     * @param <T> what the work returns
     * @return what the work returned
     * @throws Exception what the work threw
     */
    public <T extends @Nullable Object> T callHolding(LockHandle handle, Callable<? extends T> work) throws Exception {
        entered(handle);
        try {
            return call(work);
        } finally {
            exited(handle);
        }
    }

    static @Nullable LockContext currentScope() {
        return CURRENT.get()[0] instanceof LockContext scope ? scope : null;
    }

    void entered(LockHandle handle) {
        Entry before = innermost;
        while (!INNERMOST.compareAndSet(this, before, new Entry(handle, before))) {
            before = innermost;
        }
    }

    void exited(LockHandle handle) {
        Entry before = innermost;
        Entry after = before.without(handle);
        while (!INNERMOST.compareAndSet(this, before, after)) {
            before = innermost;
            after = before.without(handle);
        }
        // A scope that a caller brought here stays the thread's until that call ends, even while it holds nothing.
        if (after == Entry.NONE && currentScope() == this && installed == 0) {
            CURRENT.get()[0] = null;
        }
    }

    /** The innermost handle of that engine's key, root or nested. */
    @Nullable
    LockHandle find(LockEngine engine, String key) {
        for (Entry entry = innermost; entry.handle != null; entry = entry.outer) {
            DefaultLockHandle root = root(entry.handle);
            if (root != null && root.engine() == engine && root.key().equals(key)) {
                return entry.handle;
            }
        }
        return null;
    }

    /** The grant behind a handle of this package; null for another. */
    static @Nullable DefaultLockHandle root(LockHandle handle) {
        if (handle instanceof ReentrantHandle nested) {
            return nested.root();
        }
        return handle instanceof DefaultLockHandle root ? root : null;
    }

    /** A lock and what it is nested in. */
    private static final class Entry {

        private static final Entry NONE = new Entry();

        private final @Nullable LockHandle handle;
        private final Entry outer;

        private Entry() {
            this.handle = null;
            this.outer = this;
        }

        private Entry(LockHandle handle, Entry outer) {
            this.handle = handle;
            this.outer = outer;
        }

        /** The stack without a handle. A loop, not a recursion: a scope may hold tens of thousands of locks. */
        private Entry without(LockHandle gone) {
            if (handle == gone) {
                return outer;
            }
            ArrayDeque<LockHandle> inner = new ArrayDeque<>();
            Entry entry = this;
            while (entry.handle != null && entry.handle != gone) {
                inner.push(entry.handle);
                entry = entry.outer;
            }
            if (entry.handle == null) {
                return this;
            }
            Entry rest = entry.outer;
            for (LockHandle each : inner) {
                rest = new Entry(each, rest);
            }
            return rest;
        }
    }
}
