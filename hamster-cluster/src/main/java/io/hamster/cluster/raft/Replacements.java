package io.hamster.cluster.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the log's entries replace others that are still on the disk. A leader's entries take the place of what an earlier
 * one left in memory at once, on the disk in their turn; until then the log counts the old ones as its own when it says
 * up to which entry it is on the disk.
 *
 * <p>Safe for use by many threads.
 */
final class Replacements {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Replacement> pending = new ArrayList<>();

    /**
     * Entries are replaced in memory.
     *
     * @param first the index of the first of them
     * @return what Ratis asks for when it removes the old ones from the disk; complete, as nothing delays that
     */
    CompletableFuture<Void> begin(long first) {
        Replacement begun = new Replacement(first);
        begun.complete(null);
        lock.lock();
        try {
            pending.add(begun);
        } finally {
            lock.unlock();
        }
        return begun;
    }

    /** The log's thread, which does one thing after the other, is about to force what it wrote. */
    void forcing() {
        lock.lock();
        try {
            pending.removeIf(replacement -> replacement.reached);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Up to which entry the log's count can be believed. To be asked for before the count: what is removed from the disk in
     * between makes the count smaller.
     */
    long before() {
        lock.lock();
        try {
            return pending.stream()
                            .mapToLong(replacement -> replacement.first)
                            .min()
                            .orElse(Long.MAX_VALUE)
                    - 1;
        } finally {
            lock.unlock();
        }
    }

    /** Notices when its turn has come; the count is right from when the same thread does anything else. */
    private static final class Replacement extends CompletableFuture<Void> {

        private final long first;
        private volatile boolean reached;

        private Replacement(long first) {
            this.first = first;
        }

        @Override
        public Void get() {
            return join();
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            return join();
        }

        @Override
        public Void join() {
            reached = true;
            return super.join();
        }
    }
}
