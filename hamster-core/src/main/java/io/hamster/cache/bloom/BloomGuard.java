package io.hamster.cache.bloom;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which keys a source certainly doesn't have. Lets every key through until it has read the source once, and
 * whenever it can't be sure. Thread-safe; {@link #add} and {@link #mightContain} never block.
 *
 * <p>A key that comes into the source has to be added <em>after</em> it is there; one that nobody adds is rejected until
 * the next rebuild.
 *
 * @param <K> the keys
 */
public final class BloomGuard<K> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BloomGuard.class);

    /** How soon a source that failed is read again, unless the interval is shorter. */
    private static final Duration RETRY = Duration.ofMinutes(1);

    private final String name;
    private final BloomPolicy<K> policy;
    private final Executor executor;
    private final ScheduledExecutorService scheduler;
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under {@link #lock}, read without. */
    private volatile Filters<K> filters = new Filters<>(null, null);

    private volatile boolean closed;

    /** Guarded by {@link #lock}, as are the others below. Whether a rebuild runs or is about to. */
    private boolean rebuilding;

    /** Of those who asked since the running rebuild began. */
    private @Nullable CompletableFuture<Void> asked;

    private @Nullable Future<?> nextRebuild;

    /**
     * Creates a guard that lets every key through until it is {@linkplain #rebuild() built}.
     *
     * @param name for the log
     * @param policy how it is filled
     * @param executor where the source is read, which may take long; not closed by the guard
     * @param scheduler wakes the guard for rebuilds; not closed by the guard
     */
    public BloomGuard(String name, BloomPolicy<K> policy, Executor executor, ScheduledExecutorService scheduler) {
        this.name = name;
        this.policy = policy;
        this.executor = executor;
        this.scheduler = scheduler;
    }

    /**
     * The filter that answers and the one that a rebuild fills.
     *
     * @param current {@code null} while every key is let through
     * @param next {@code null} while there is no rebuild
     */
    private record Filters<K>(
            @Nullable BloomFilter<K> current, @Nullable BloomFilter<K> next) {

        private void add(long hash) {
            // The next one first: what is there before the filters change is there after it.
            if (next != null) {
                next.addHash(hash);
            }
            if (current != null) {
                current.addHash(hash);
            }
        }
    }

    /**
     * Lets a key through from now on.
     *
     * @param key a key that the source has
     */
    public void add(K key) {
        addHash(policy.keyHash().hash(key));
    }

    /**
     * Lets a key through from now on, of which no more is known than what the policy's hash makes of it.
     *
     * @param hash of a key that the source has
     */
    public void addHash(long hash) {
        // A filter that isn't seen here will be filled from the source as it is by then, with this key.
        filters.add(hash);
    }

    /**
     * Whether the source may have a key.
     *
     * @param key the key
     * @return {@code false} if the source certainly had no such key and none was added since
     */
    public boolean mightContain(K key) {
        BloomFilter<K> current = filters.current();
        return current == null || current.mightContain(key);
    }

    /**
     * Whether the guard rejects anything.
     *
     * @return {@code false} while it lets every key through
     */
    public boolean isReady() {
        return filters.current() != null;
    }

    /**
     * What the filter has come to. Reads all of its bits.
     *
     * @return the figures now, or empty while every key is let through
     */
    public Optional<BloomFilterStats> stats() {
        return Optional.ofNullable(filters.current()).map(BloomFilter::stats);
    }

    /**
     * Reads the source again. Until that is done the old filter answers, and afterwards if it failed. Those who ask while
     * a rebuild runs share the one after it.
     *
     * @return completes once a filter answers that was begun after this call; fails with what the source threw, after
     *     which the guard tries again in a minute. Cancelling it has no effect on the rebuild
     */
    public CompletableFuture<Void> rebuild() {
        return ask(false);
    }

    /**
     * Lets every key through at once and reads the source again: for when keys may have come into it that nobody added.
     *
     * @return as that of {@link #rebuild}
     */
    public CompletableFuture<Void> reopen() {
        return ask(true);
    }

    /** Lets every key through for good. A running rebuild ends at its next key. */
    @Override
    public void close() {
        CompletableFuture<Void> disappointed;
        lock.lock();
        try {
            closed = true;
            filters = new Filters<>(null, null);
            cancelNextRebuild();
            disappointed = asked;
            asked = null;
        } finally {
            lock.unlock();
        }
        if (disappointed != null) {
            disappointed.completeExceptionally(isClosed());
        }
    }

    private CompletableFuture<Void> ask(boolean openMeanwhile) {
        CompletableFuture<Void> mine;
        boolean begins;
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(isClosed());
            }
            if (openMeanwhile) {
                // What a running rebuild fills is dropped too: it may have read the source before those keys came.
                filters = new Filters<>(null, null);
            }
            mine = asked == null ? new CompletableFuture<>() : asked;
            asked = mine;
            begins = !rebuilding;
            rebuilding = true;
        } finally {
            lock.unlock();
        }
        if (begins) {
            submit();
        }
        return mine.copy();
    }

    private void submit() {
        try {
            executor.execute(this::run);
        } catch (Throwable e) {
            // Refused, or out of threads.
            finish(takeAsked(), e);
        }
    }

    private void run() {
        CompletableFuture<Void> waiting = takeAsked();
        Throwable failure = null;
        try {
            fill();
        } catch (Throwable e) {
            failure = e;
        }
        finish(waiting, failure);
    }

    private CompletableFuture<Void> takeAsked() {
        lock.lock();
        try {
            CompletableFuture<Void> waiting = asked == null ? new CompletableFuture<>() : asked;
            asked = null;
            cancelNextRebuild();
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private void fill() {
        BloomFilter<K> next = BloomFilter.create(policy.filter(), policy.keyHash());
        lock.lock();
        try {
            requireOpen();
            filters = new Filters<>(filters.current(), next);
        } finally {
            lock.unlock();
        }
        try (Stream<? extends K> keys = policy.source().get()) {
            keys.forEach(key -> {
                requireOpen();
                next.add(key);
            });
        } catch (Throwable e) {
            exchange(next, filters.current());
            throw e;
        }
        exchange(next, next);
        warnIfTooSmall(next);
    }

    /** Ends the filling of a filter, unless that was dropped already. */
    private void exchange(BloomFilter<K> filled, @Nullable BloomFilter<K> current) {
        lock.lock();
        try {
            if (filters.next() == filled) {
                filters = new Filters<>(current, null);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes the turn on before telling those who waited, who may wait for another rebuild. */
    private void finish(CompletableFuture<Void> waiting, @Nullable Throwable failure) {
        boolean again;
        CompletableFuture<Void> successor;
        lock.lock();
        try {
            successor = asked;
            again = successor != null;
            rebuilding = again;
            if (!again && !closed) {
                scheduleRebuild(failure != null);
            }
        } finally {
            lock.unlock();
        }
        if (again) {
            submit();
        }
        tell(waiting, successor, failure);
    }

    private void tell(
            CompletableFuture<Void> waiting, @Nullable CompletableFuture<Void> successor, @Nullable Throwable failure) {
        if (failure != null) {
            if (!closed) {
                log.warn(
                        "The Bloom guard of '{}' couldn't read its keys; {}",
                        name,
                        isReady() ? "it goes on with those it has" : "it lets every key through",
                        failure);
            }
            waiting.completeExceptionally(failure);
        } else if (successor != null && !isReady()) {
            // Reopened meanwhile: what this rebuild filled was dropped, and the one after it answers for it.
            successor.whenComplete((done, error) -> {
                if (error == null) {
                    waiting.complete(null);
                } else {
                    waiting.completeExceptionally(error);
                }
            });
        } else {
            waiting.complete(null);
        }
    }

    private void scheduleRebuild(boolean failed) {
        cancelNextRebuild();
        Optional<Duration> delay = policy.rebuildInterval()
                .map(interval -> failed && interval.compareTo(RETRY) > 0 ? RETRY : interval)
                .or(() -> failed ? Optional.of(RETRY) : Optional.empty());
        try {
            if (delay.isPresent()) {
                long nanos = TimeUnit.NANOSECONDS.convert(delay.get());
                nextRebuild = scheduler.schedule(this::rebuild, nanos, TimeUnit.NANOSECONDS);
            }
        } catch (RejectedExecutionException e) {
            log.warn("The Bloom guard of '{}' won't be rebuilt by itself: its scheduler was shut down", name, e);
        }
    }

    private void cancelNextRebuild() {
        if (nextRebuild != null) {
            nextRebuild.cancel(false);
            nextRebuild = null;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw isClosed();
        }
    }

    private CancellationException isClosed() {
        return new CancellationException("The Bloom guard of '" + name + "' is closed");
    }

    private void warnIfTooSmall(BloomFilter<K> filled) {
        BloomFilterStats stats = filled.stats();
        if (stats.fpp() > 2 * policy.filter().fpp()) {
            log.warn(
                    "The Bloom guard of '{}' was made for {} keys but holds about {}, and passes {} of the absent ones;"
                            + " expect more keys",
                    name,
                    policy.filter().expected(),
                    stats.keys(),
                    stats.fpp());
        }
    }
}
