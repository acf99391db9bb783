package io.hamster.cache;

import io.hamster.cache.invalidation.Invalidation.Scope;
import io.hamster.cache.store.CacheStore;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes that a store hasn't confirmed. What they have touched is invalidated there, again and again until the store
 * says so, or has confirmed a later change of the same key, which is not to be undone; until then its keys are neither read
 * there nor published. Lost when this instance ends first.
 */
final class PendingChanges {

    private static final Logger log = LoggerFactory.getLogger(PendingChanges.class);

    private static final int MOST = 10_000;
    private static final int AT_ONCE = 500;
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(5);

    private final String cache;
    private final CacheStore store;
    private final ScheduledExecutorService scheduler;
    private final Listener listener;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}: the number of each key's last change. */
    private final Map<String, Long> keys = new LinkedHashMap<>();
    /** Guarded by {@link #lock}: the number of each tag's last invalidation. */
    private final Map<String, Long> tags = new LinkedHashMap<>();
    /** Guarded by {@link #lock}: the number of the last change of the whole cache, 0 if there is none. */
    private long everything;
    /** Written under {@link #lock}. */
    private volatile long lastNumber;

    /** Guarded by {@link #lock}. */
    private boolean isBusy;

    /** Guarded by {@link #lock}. */
    private long pause = FIRST_PAUSE;

    private volatile int size;
    private volatile boolean closed;

    /**
     * Begins without any.
     *
     * @param listener told on the store's thread
     */
    PendingChanges(String cache, CacheStore store, ScheduledExecutorService scheduler, Listener listener) {
        this.cache = cache;
        this.store = store;
        this.scheduler = scheduler;
        this.listener = listener;
    }

    /** Told what the store has confirmed late. */
    @FunctionalInterface
    interface Listener {

        /**
         * The store holds nothing of before any more.
         *
         * @param subjects keys or tags; none for everything
         */
        void confirmed(Scope scope, List<String> subjects);
    }

    /** What the store is told at once, of the changes up to a number. */
    private record Attempt(Scope scope, List<String> subjects, long upTo) {}

    /** Whether the store may be wrong about a key: which ones have a tag, nobody knows. */
    boolean concern(String key) {
        if (size == 0) {
            return false;
        }
        lock.lock();
        try {
            return everything != 0 || !tags.isEmpty() || keys.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    /** What a change that is sent from now on comes after. */
    long last() {
        return lastNumber;
    }

    /**
     * Forgets what was pending of keys that the store has changed since, whatever it had of them.
     *
     * @param upTo what came {@link #last} before that change was sent: a later one may have reached the store before it
     */
    void overtaken(Collection<String> changed, long upTo) {
        if (size == 0) {
            return;
        }
        lock.lock();
        try {
            forget(changed, upTo, keys);
            count();
        } finally {
            lock.unlock();
        }
    }

    void add(Collection<String> changed) {
        add(changed, keys);
    }

    void addTags(Collection<String> invalidated) {
        add(invalidated, tags);
    }

    private void add(Collection<String> subjects, Map<String, Long> to) {
        lock.lock();
        try {
            lastNumber++;
            if (everything == 0 && to.size() + subjects.size() <= MOST) {
                subjects.forEach(subject -> to.put(subject, lastNumber));
            } else {
                becomeAll();
            }
            grown();
        } finally {
            lock.unlock();
        }
    }

    void addAll() {
        lock.lock();
        try {
            lastNumber++;
            becomeAll();
            grown();
        } finally {
            lock.unlock();
        }
    }

    private void becomeAll() {
        everything = lastNumber;
        keys.clear();
        tags.clear();
    }

    /** Keys and tags; the whole cache counts as one. */
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
                    "Cache '{}' has changes that the shared tier hasn't confirmed; until it has, what they concern bypasses it",
                    cache);
            schedule(pause);
        }
    }

    private void count() {
        size = keys.size() + tags.size() + (everything == 0 ? 0 : 1);
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
        Attempt next;
        lock.lock();
        try {
            if (isDone()) {
                return;
            }
            next = next();
        } finally {
            lock.unlock();
        }
        tried(next).whenComplete((done, failure) -> answered(next, failure == null));
    }

    private Attempt next() {
        if (everything != 0) {
            return new Attempt(Scope.ALL, List.of(), lastNumber);
        }
        return tags.isEmpty()
                ? new Attempt(Scope.KEYS, first(keys), lastNumber)
                : new Attempt(Scope.TAGS, first(tags), lastNumber);
    }

    private static List<String> first(Map<String, Long> subjects) {
        return subjects.keySet().stream().limit(AT_ONCE).toList();
    }

    private CompletionStage<?> tried(Attempt attempt) {
        return switch (attempt.scope) {
            case KEYS -> store.invalidate(attempt.subjects);
            case TAGS -> store.invalidateTags(attempt.subjects);
            case ALL -> store.clear();
        };
    }

    private void answered(Attempt attempt, boolean confirmed) {
        if (confirmed) {
            forget(attempt);
        }
        lock.lock();
        try {
            count();
            if (isDone()) {
                return;
            }
            pause = confirmed ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, 2 * pause);
            schedule(confirmed ? 0 : pause);
        } finally {
            lock.unlock();
        }
    }

    private boolean isDone() {
        if (size == 0) {
            isBusy = false;
            log.info("Cache '{}': the shared tier has confirmed every change", cache);
        }
        return size == 0;
    }

    private void forget(Attempt attempt) {
        lock.lock();
        try {
            switch (attempt.scope) {
                case KEYS -> forget(attempt.subjects, attempt.upTo, keys);
                case TAGS -> forget(attempt.subjects, attempt.upTo, tags);
                case ALL -> {
                    everything = everything > attempt.upTo ? everything : 0;
                    keys.values().removeIf(number -> number <= attempt.upTo);
                    tags.values().removeIf(number -> number <= attempt.upTo);
                }
            }
        } finally {
            lock.unlock();
        }
        listener.confirmed(attempt.scope, attempt.subjects);
    }

    /** What has changed again meanwhile may have reached the store before it was invalidated there. */
    private static void forget(Collection<String> subjects, long upTo, Map<String, Long> from) {
        subjects.forEach(subject -> from.computeIfPresent(subject, (same, number) -> number <= upTo ? null : number));
    }
}
