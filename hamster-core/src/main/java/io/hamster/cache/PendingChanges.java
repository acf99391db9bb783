package io.hamster.cache;

import io.hamster.cache.store.CacheStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes that a store hasn't confirmed. What they have touched is invalidated there, again and again until the store
 * says so; until then its keys are neither read there nor published. Lost when this instance ends first.
 */
final class PendingChanges {

    private static final Logger log = LoggerFactory.getLogger(PendingChanges.class);

    private static final int MOST_KEYS = 10_000;
    private static final int AT_ONCE = 500;
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(5);

    private final String cache;
    private final CacheStore store;
    private final ScheduledExecutorService scheduler;
    private final Consumer<Collection<String>> keysDone;
    private final Runnable allDone;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}: the number of each key's last change. */
    private final Map<String, Long> keys = new LinkedHashMap<>();
    /** Guarded by {@link #lock}: the number of the last change of the whole cache, 0 if there is none. */
    private long everything;
    /** Guarded by {@link #lock}. */
    private long lastNumber;

    /** Guarded by {@link #lock}. */
    private boolean isBusy;

    /** Guarded by {@link #lock}. */
    private long pause = FIRST_PAUSE;

    private volatile int size;
    private volatile boolean closed;

    /**
     * Begins without any.
     *
     * @param keysDone told, on the store's thread, which keys the store has confirmed
     * @param allDone told, on the store's thread, that the store has confirmed that it holds nothing of before
     */
    PendingChanges(
            String cache,
            CacheStore store,
            ScheduledExecutorService scheduler,
            Consumer<Collection<String>> keysDone,
            Runnable allDone) {
        this.cache = cache;
        this.store = store;
        this.scheduler = scheduler;
        this.keysDone = keysDone;
        this.allDone = allDone;
    }

    /** Whether the store is known to be wrong about a key. */
    boolean concern(String key) {
        if (size == 0) {
            return false;
        }
        lock.lock();
        try {
            return everything != 0 || keys.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    void add(Collection<String> changed) {
        lock.lock();
        try {
            lastNumber++;
            if (everything == 0 && keys.size() + changed.size() <= MOST_KEYS) {
                changed.forEach(key -> keys.put(key, lastNumber));
            } else {
                everything = lastNumber;
                keys.clear();
            }
            grown();
        } finally {
            lock.unlock();
        }
    }

    void addAll() {
        lock.lock();
        try {
            everything = ++lastNumber;
            keys.clear();
            grown();
        } finally {
            lock.unlock();
        }
    }

    /** Keys; the whole cache counts as one. */
    int size() {
        return size;
    }

    void close() {
        closed = true;
        if (size > 0) {
            log.warn(
                    "Cache '{}' is closed with {} changes that the shared tier hasn't confirmed: it may be wrong about them"
                            + " until what it holds expires",
                    cache,
                    size);
        }
    }

    private void grown() {
        count();
        if (!isBusy) {
            isBusy = true;
            pause = FIRST_PAUSE;
            log.warn(
                    "Cache '{}' has changes that the shared tier hasn't confirmed; until it has, their keys bypass it",
                    cache);
            schedule(pause);
        }
    }

    private void count() {
        size = keys.size() + (everything == 0 ? 0 : 1);
    }

    private void schedule(long delay) {
        try {
            scheduler.schedule(this::retry, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Cache '{}' tries its changes no more, since its client was closed", cache, e);
        }
    }

    private void retry() {
        if (closed) {
            return;
        }
        long upTo;
        List<String> some = new ArrayList<>();
        boolean all;
        lock.lock();
        try {
            upTo = lastNumber;
            all = everything != 0;
            keys.keySet().stream().limit(AT_ONCE).forEach(some::add);
        } finally {
            lock.unlock();
        }
        CompletionStage<?> answer = all ? store.clear() : store.invalidate(some);
        answer.whenComplete((done, failure) -> answered(all, some, upTo, failure == null));
    }

    private void answered(boolean all, List<String> some, long upTo, boolean confirmed) {
        if (confirmed) {
            forget(all, some, upTo);
        }
        lock.lock();
        try {
            count();
            if (size == 0) {
                isBusy = false;
                log.info("Cache '{}': the shared tier has confirmed every change", cache);
                return;
            }
            pause = confirmed ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, 2 * pause);
            schedule(confirmed ? 0 : pause);
        } finally {
            lock.unlock();
        }
    }

    private void forget(boolean all, List<String> some, long upTo) {
        lock.lock();
        try {
            if (all) {
                everything = everything > upTo ? everything : 0;
                keys.values().removeIf(number -> number <= upTo);
            } else {
                // What has changed again meanwhile may have reached the store before it was invalidated there.
                some.forEach(key -> keys.computeIfPresent(key, (same, number) -> number <= upTo ? null : number));
            }
        } finally {
            lock.unlock();
        }
        if (all) {
            allDone.run();
        } else {
            keysDone.accept(some);
        }
    }
}
