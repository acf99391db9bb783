package io.hamster.cache;

import io.hamster.cache.writeback.WriteBackPolicy;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When a cache flushes: with each interval, when asked to, and again after a failure. */
final class FlushSchedule {

    private static final Logger log = LoggerFactory.getLogger(FlushSchedule.class);

    private final String cache;
    private final CacheRuntime runtime;
    private final long interval;
    private final long retryDelay;
    private final Flusher<?, ?> flusher;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicBoolean retryPlanned = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile @Nullable Future<?> ticks;

    FlushSchedule(String cache, WriteBackPolicy policy, CacheRuntime runtime, Flusher<?, ?> flusher) {
        this.cache = cache;
        this.runtime = runtime;
        this.interval = Durations.nanos(policy.flushInterval());
        this.retryDelay = Durations.nanos(policy.retryDelay());
        this.flusher = flusher;
    }

    void start() {
        ticks = runtime.scheduler().scheduleWithFixedDelay(this::tick, interval, interval, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        execute(() -> {
            flusher.probe();
            flush();
        });
    }

    /** Has a flush begin soon, unless one is about to. */
    void ask() {
        if (asked.compareAndSet(false, true)) {
            boolean begins = execute(() -> {
                asked.set(false);
                flush();
            });
            if (!begins) {
                asked.set(false);
            }
        }
    }

    private boolean execute(Runnable work) {
        try {
            runtime.contextFreeExecutor().execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("Cache '{}' can't flush: {}", cache, e.toString());
            return false;
        } catch (Throwable e) {
            // Out of threads, for one: the next flush must come all the same.
            log.warn("Cache '{}' can't flush for now", cache, e);
            return false;
        }
    }

    private void flush() {
        try {
            planRetry(flusher.flush(false));
        } catch (Throwable e) {
            // An error too: what is dirty mustn't wait for the next interval because of it.
            planRetry();
            log.warn(
                    "Cache '{}' could not flush: {}", cache, Failures.telling(e).toString());
        }
    }

    /** Has what failed tried again. */
    void planRetry(Flusher.Flush flush) {
        if (flush.toRetry()) {
            planRetry();
        }
    }

    void planRetry() {
        if (stopped || !retryPlanned.compareAndSet(false, true)) {
            return;
        }
        Runnable retry = () -> {
            retryPlanned.set(false);
            ask();
        };
        try {
            runtime.scheduler().schedule(retry, retryDelay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            retryPlanned.set(false);
            log.debug("Cache '{}' can't plan a retry: {}", cache, e.toString());
        } catch (Throwable e) {
            retryPlanned.set(false);
            log.warn("Cache '{}' can't plan a retry for now", cache, e);
        }
    }

    void stop() {
        stopped = true;
        Future<?> running = ticks;
        if (running != null) {
            running.cancel(false);
        }
    }
}
