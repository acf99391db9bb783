package io.hamster.spring.cache;

import io.hamster.TimeSource;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.spring.cache.CacheTransactions.Pending;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the changes that methods bring about. A shared tier that doesn't confirm one is no failure of the method, for the
 * client makes up for it later; and a thread that must not block doesn't wait for that tier. Thread-safe.
 */
final class CacheChanges {

    private static final Logger log = LoggerFactory.getLogger(CacheChanges.class);
    private static final long PAUSE_BETWEEN_WARNINGS = Duration.ofMinutes(1).toNanos();

    private final Supplier<TimeSource> time;
    private final Supplier<Executor> executor;
    private final UnaryOperator<Runnable> carrying;
    private final Map<String, Unconfirmed> unconfirmed = new ConcurrentHashMap<>();
    /** The last of the changes of each cache that wait for a thread. */
    private final Map<String, CompletableFuture<Void>> postponed = new ConcurrentHashMap<>();

    /**
     * Creates the maker of changes.
     *
     * @param time called when a change isn't confirmed
     * @param executor called when a change can't be made on its thread
     * @param carrying makes work carry the context of the thread that calls it
     */
    CacheChanges(Supplier<TimeSource> time, Supplier<Executor> executor, UnaryOperator<Runnable> carrying) {
        this.time = time;
        this.executor = executor;
        this.carrying = carrying;
    }

    /** Whether a cache has to do with a shared tier. */
    static boolean isShared(HamsterCache<?, ?> cache) {
        return isShared(cache.policy());
    }

    static boolean isShared(CachePolicy policy) {
        return policy.tier() != Tier.LOCAL || policy.loadScope() != LoadScope.JVM;
    }

    /**
     * Whether a ticket for one key is a lease: until it is used or has timed out, whoever misses the key waits for what
     * comes of it. That is no way to wait for a method, which may miss the key itself, or for the end of a transaction.
     */
    static boolean leasesTickets(HamsterCache<?, ?> cache) {
        CachePolicy policy = cache.policy();
        return policy.tier() != Tier.LOCAL && policy.loadScope() == LoadScope.CLUSTER;
    }

    /** Whether what is put into a cache has to reach a source through it, be it later. */
    static boolean writes(HamsterCache<?, ?> cache) {
        return cache.policy().writer().isPresent() || cache.policy().writeBack().isPresent();
    }

    /** Empties a cache whose source isn't to be touched: to clear what is dirty would delete it there. */
    static void clearWritten(HamsterCache<?, ?> cache) {
        cache.writeBack().ifPresentOrElse(WriteBackAdmin::clearWritten, cache::clear);
    }

    /** Makes a change now; after those that wait for a thread, so that it is the last of them. */
    void make(CacheChange change) {
        if (!isShared(change.cache())) {
            change.apply();
        } else if (BlockingThreads.mayBlock()) {
            CompletableFuture<Void> earlier = postponed.get(change.cache().name());
            if (earlier != null) {
                earlier.join();
            }
            confirmed(change.cache(), true, () -> {
                change.apply();
                return true;
            });
        } else {
            postpone(change);
        }
    }

    /** One after the other, for the later of two is what counts. */
    private void postpone(CacheChange change) {
        String cache = change.cache().name();
        CompletableFuture<Void> noted = new CompletableFuture<>();
        // The context of this thread: it is handed over by whichever thread has made the change before it.
        Runnable work = carrying.apply(() -> makeLater(change));
        CompletableFuture<Void> made = postponed.compute(
                cache,
                (name, earlier) -> (earlier == null ? noted : CompletableFuture.allOf(earlier, noted))
                        .thenRunAsync(work, this::executeOrRun));
        // Not before: without a thread for it the change is made here, which mustn't be inside the map's step.
        noted.complete(null);
        made.whenComplete((none, failure) -> postponed.remove(cache, made));
    }

    private void executeOrRun(Runnable work) {
        try {
            executor.get().execute(work);
        } catch (Throwable e) {
            // Refused, or out of threads: a thread that waits once is better than a change that is never made.
            log.warn("There is no thread for a change of a cache, which is made on {}", Thread.currentThread(), e);
            work.run();
        }
    }

    private void makeLater(CacheChange change) {
        try {
            confirmed(change.cache(), true, () -> {
                change.apply();
                return true;
            });
        } catch (Throwable e) {
            // An error too: the changes behind it would never be made.
            log.warn(
                    "A change of cache '{}' failed after its method",
                    change.cache().name(),
                    e);
        }
    }

    /** Makes changes, or hands them to a transaction, without waiting for a shared tier on this thread. */
    CompletableFuture<Void> makeAsync(PlannedChanges changes, Optional<Pending> pending) {
        Runnable all = () -> changes.make(change -> make(change, pending));
        if (changes.areShared()) {
            return CompletableFuture.runAsync(all, executor.get());
        }
        all.run();
        return done();
    }

    /** Makes a change, once a transaction has committed unless that has ended already. */
    void make(CacheChange change, Optional<Pending> pending) {
        if (pending.isEmpty() || !pending.get().add(change)) {
            make(change);
        }
    }

    /** Runs something that may wait for a shared tier where that is allowed. */
    <T> CompletableFuture<T> elsewhere(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, executor.get());
    }

    /**
     * Changes a cache by something else than a {@link CacheChange}.
     *
     * @param otherwise the answer if the shared tier didn't confirm it
     */
    <T> T confirmed(HamsterCache<?, ?> cache, T otherwise, Supplier<T> change) {
        try {
            return change.get();
        } catch (CacheStoreUnavailableException e) {
            unconfirmed
                    .computeIfAbsent(cache.name(), name -> new Unconfirmed())
                    .note(cache.name(), time.get().nanoTime(), e);
            return otherwise;
        }
    }

    /** How many changes of a cache its shared tier didn't confirm at once. */
    long unconfirmed(String cache) {
        Unconfirmed known = unconfirmed.get(cache);
        return known == null ? 0 : known.all.sum();
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    /** What happened to one cache, of which one line a minute is enough. */
    private static final class Unconfirmed {

        private final LongAdder all = new LongAdder();
        private final AtomicLong sinceWarning = new AtomicLong();
        private final AtomicLong warnedAt = new AtomicLong();

        private void note(String cache, long now, CacheStoreUnavailableException failure) {
            boolean isFirst = all.sum() == 0;
            all.increment();
            sinceWarning.incrementAndGet();
            long last = warnedAt.get();
            if ((isFirst || now - last >= PAUSE_BETWEEN_WARNINGS) && warnedAt.compareAndSet(last, now)) {
                log.warn(
                        "The shared tier of cache '{}' didn't confirm {} changes; they are made up for once it is back: {}",
                        cache,
                        sinceWarning.getAndSet(0),
                        failure.getMessage());
            }
        }
    }
}
