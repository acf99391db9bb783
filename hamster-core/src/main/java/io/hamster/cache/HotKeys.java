package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a cache that have been read of late, which have their values reloaded in intervals. One timer has all of them
 * looked at, several times in an interval, and runs only while there are any. A cache that was filled at once is due at
 * once: few keys are reloaded at the same time, so as not to flood the source.
 */
final class HotKeys<K, V> {

    private static final Logger log = LoggerFactory.getLogger(HotKeys.class);

    private static final int LOOKS_PER_INTERVAL = 16;
    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int MOST_WORKERS = 8;

    private final String cache;
    private final CacheRuntime runtime;
    private final TimeSource time;
    private final LocalTier<K, V> tier;
    private final long interval;
    private final long idle;
    private final long pause;
    private final long most;
    private final ConcurrentHashMap<K, Read<V>> reads = new ConcurrentHashMap<>();
    private final Queue<K> due = new ConcurrentLinkedQueue<>();
    private final AtomicInteger workers = new AtomicInteger();
    private final AtomicBoolean planned = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Future<?> timer;

    private HotKeys(String cache, CachePolicy policy, CacheRuntime runtime, LocalTier<K, V> tier) {
        this.cache = cache;
        this.runtime = runtime;
        this.time = runtime.time();
        this.tier = tier;
        this.interval = Durations.nanos(policy.refreshInterval().orElseThrow());
        this.idle = Durations.nanos(policy.stopRefreshAfterIdle().orElseThrow());
        this.pause = Math.max(SHORTEST_PAUSE, interval / LOOKS_PER_INTERVAL);
        this.most = policy.maxSize();
    }

    /** {@code null} if the cache doesn't refresh in intervals. */
    static <K, V> @Nullable HotKeys<K, V> of(
            String cache, CachePolicy policy, CacheRuntime runtime, LocalTier<K, V> tier) {
        return policy.refreshInterval().isEmpty() ? null : new HotKeys<>(cache, policy, runtime, tier);
    }

    /** Reloads a slot as its last reader would load it. */
    @FunctionalInterface
    interface Refresh<V> {

        /**
         * Reloads it if that is due.
         *
         * @param whenOverdue called if this may not return
         */
        void of(Slot<V> slot, Runnable whenOverdue);
    }

    private record Read<V>(long at, Refresh<V> refresh) {}

    /** Notes a read. */
    void read(K key, Refresh<V> refresh) {
        long now = time.nanoTime();
        Read<V> last = reads.get(key);
        if (last == null) {
            if (!closed && reads.mappingCount() < most) {
                reads.put(key, new Read<>(now, refresh));
                plan();
            }
        } else if (now - last.at >= pause) {
            // Not each read: those of a hot key would all write the same place.
            reads.replace(key, last, new Read<>(now, refresh));
            // Nothing is planned if there was no setting the timer the last time.
            if (!planned.get()) {
                plan();
            }
        }
    }

    private void plan() {
        if (closed || !planned.compareAndSet(false, true)) {
            return;
        }
        try {
            timer = runtime.scheduler().schedule(this::tick, pause, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            planned.set(false);
            log.debug("Cache '{}' can't plan to refresh: {}", cache, e.toString());
        } catch (Throwable e) {
            planned.set(false);
            log.warn("Cache '{}' can't plan to refresh for now", cache, e);
        }
    }

    private void tick() {
        if (!execute(this::look)) {
            planAgain();
        }
    }

    private boolean execute(Runnable work) {
        try {
            // A reader's context must not go along with what comes of other readers.
            runtime.contextFreeExecutor().execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("Cache '{}' can't refresh: {}", cache, e.toString());
            return false;
        } catch (Throwable e) {
            // Out of threads, for one: the next look must come all the same.
            log.warn("Cache '{}' can't refresh for now", cache, e);
            return false;
        }
    }

    /** Either this sees a key that has come meanwhile, or its reader sees that nothing is planned. */
    private void planAgain() {
        planned.set(false);
        if (!reads.isEmpty()) {
            plan();
        }
    }

    private void look() {
        try {
            // What was due the last time, and isn't done yet, would be found again.
            boolean collects = due.isEmpty();
            long now = time.nanoTime();
            reads.forEach((key, read) -> {
                Slot<V> slot = tier.peek(key);
                if (now - read.at >= (slot == null ? patience(key) : idle)) {
                    reads.remove(key, read);
                } else if (collects && slot != null && slot.isRefreshDue(now)) {
                    due.add(key);
                }
            });
            work();
        } finally {
            planAgain();
        }
    }

    /** A key without a value may be about to be loaded, or be loading; or there is none, and another may have its place. */
    private long patience(K key) {
        return tier.isLoading(key) ? Math.min(interval, idle) : pause;
    }

    private void work() {
        int wanted = Math.min(MOST_WORKERS, due.size());
        for (int i = workers.get(); i < wanted; i++) {
            Worker worker = new Worker();
            if (!execute(worker)) {
                worker.leave();
                return;
            }
        }
    }

    /** Has what is due reloaded. Once something is overdue that may never end, and others go on in its place. */
    private final class Worker implements Runnable {

        private final AtomicBoolean isThere = new AtomicBoolean(true);

        private Worker() {
            workers.incrementAndGet();
        }

        @Override
        public void run() {
            try {
                K key = due.poll();
                while (key != null) {
                    refresh(key);
                    key = isThere.get() ? due.poll() : null;
                }
            } finally {
                leave();
            }
        }

        private void refresh(K key) {
            Read<V> read = reads.get(key);
            Slot<V> slot = tier.peek(key);
            if (read != null && slot != null) {
                read.refresh.of(slot, this::leave);
            }
        }

        private void leave() {
            if (isThere.compareAndSet(true, false)) {
                workers.decrementAndGet();
            }
        }
    }

    void close() {
        closed = true;
        due.clear();
        reads.clear();
        Future<?> planned = timer;
        if (planned != null) {
            planned.cancel(false);
        }
    }
}
