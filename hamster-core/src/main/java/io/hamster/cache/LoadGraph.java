package io.hamster.cache;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Knows which running loads wait for which, across threads and the caches of a client, and refuses the wait that would
 * close a circle. Only loads that ask a cache for something are ever entered, so other misses take no lock. A load is
 * known by its thread: what a stage asks for on another thread, or after its loader has returned, isn't seen.
 */
final class LoadGraph {

    private final ThreadLocal<@Nullable Run> current = new ThreadLocal<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** One execution of a loader, for one key or for several. */
    static final class Run {

        private final Set<Run> waitsFor = Collections.newSetFromMap(new IdentityHashMap<>(2));
        private final Object cache;
        private final Collection<?> keys;
        /** What its thread was running before, seen by that thread alone. */
        private @Nullable Run outer;

        Run(Object cache, Collection<?> keys) {
            this.cache = cache;
            this.keys = keys;
        }
    }

    /** The load that this thread is running, innermost. */
    @Nullable
    Run current() {
        return current.get();
    }

    /** Whether this thread is running a load of a key, for loads that aren't in a flight table. */
    boolean isLoading(Object cache, Object key) {
        for (Run run = current.get(); run != null; run = run.outer) {
            if (run.cache == cache && run.keys.contains(key)) {
                return true;
            }
        }
        return false;
    }

    /** Runs a loader; what it asks of caches on this thread is seen as waited for by the run. */
    <T extends @Nullable Object> T within(Run run, Callable<T> loader) throws Exception {
        Run outer = current.get();
        if (outer != null) {
            run.outer = outer;
            add(outer, run);
        }
        current.set(run);
        try {
            return loader.call();
        } finally {
            if (outer != null) {
                current.set(outer);
                end(outer, run);
            } else {
                current.remove();
            }
        }
    }

    /**
     * Notes that a run is about to wait for another.
     *
     * @return {@code false} if it would wait for itself
     */
    boolean begin(Run waiting, Run awaited) {
        lock.lock();
        try {
            if (reaches(awaited, waiting)) {
                return false;
            }
            waiting.waitsFor.add(awaited);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void end(Run waiting, Run awaited) {
        lock.lock();
        try {
            waiting.waitsFor.remove(awaited);
        } finally {
            lock.unlock();
        }
    }

    private void add(Run outer, Run inner) {
        lock.lock();
        try {
            outer.waitsFor.add(inner);
        } finally {
            lock.unlock();
        }
    }

    private static boolean reaches(Run from, Run goal) {
        Set<Run> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Run> open = new ArrayDeque<>();
        open.add(from);
        while (!open.isEmpty()) {
            Run run = open.remove();
            if (run == goal) {
                return true;
            }
            if (seen.add(run)) {
                open.addAll(run.waitsFor);
            }
        }
        return false;
    }
}
