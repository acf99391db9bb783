package io.hamster.cache;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.hamster.TimeSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * When a Caffeine cache does its upkeep. At once after a write: that bounds it. What reads ask for takes in which entries
 * they found, a few each time, so that the right ones go when others come. Where none come, readers that ask for it
 * every few hundred nanoseconds would pay more for it than for their reads: after a while without a write it is done
 * only now and then, and of the reads in between most are forgotten.
 */
final class Upkeep {

    /** Reads have it done at once that often after a write, enough for a thousand of them to count. */
    private static final int AT_ONCE = 64;

    private static final AtomicIntegerFieldUpdater<Upkeep> RUNNING =
            AtomicIntegerFieldUpdater.newUpdater(Upkeep.class, "running");

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    private enum Phase {
        NONE,
        /** By a call that isn't over yet, or by one that calls neither {@link #afterRead} nor {@link #afterWrite}. */
        ASKED,
        WAITING
    }

    private final TimeSource time;
    private final Executor executor;
    private final ScheduledExecutorService scheduler;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NONE);

    /**
     * The time that Caffeine goes by, as it was when something was last written or reclaimed. Callers look at the clock
     * for themselves when they read, and once is enough.
     */
    private final AtomicLong clock;

    /** How many runs are under way. */
    private volatile int running;

    /** Whether something was written while one was. */
    private volatile boolean written;

    /** What Caffeine asks for, the same each time. */
    private volatile @Nullable Runnable work;

    /** How often reads have asked since something was written; a few more or less don't matter. */
    private volatile int askedByReads;

    Upkeep(CacheRuntime runtime) {
        this.time = runtime.time();
        this.executor = runtime.contextFreeExecutor();
        this.scheduler = runtime.scheduler();
        this.clock = new AtomicLong(time.nanoTime());
    }

    long now() {
        return clock.get();
    }

    void tick() {
        long now = time.nanoTime();
        long last = clock.get();
        while (now - last > 0 && !clock.compareAndSet(last, now)) {
            last = clock.get();
        }
    }

    /** Caffeine's executor, which it calls from within reads and writes. */
    void ask(Runnable upkeep) {
        work = upkeep;
        phase.set(Phase.ASKED);
    }

    /** Caffeine's timer, for what no call asks for: that has waited already. */
    Scheduler timer() {
        Scheduler timer = Scheduler.forScheduledExecutorService(scheduler);
        return (asked, upkeep, delay, unit) -> timer.schedule(command -> handOver(command), upkeep, delay, unit);
    }

    void afterWrite() {
        if (askedByReads != 0) {
            askedByReads = 0;
        }
        if (phase.get() != Phase.NONE) {
            doWhatIsAsked();
        } else if (running != 0) {
            // It may have come too late for what is under way, which then asks for no other run if a timer is set.
            written = true;
            doWhatWasMissed();
        }
    }

    void afterRead() {
        if (phase.get() == Phase.ASKED && phase.compareAndSet(Phase.ASKED, Phase.WAITING)) {
            long early = mayWait() ? clock.get() + PAUSE - time.nanoTime() : 0;
            if (early <= 0) {
                doWhatIsAsked();
            } else {
                doWhatIsAskedAfter(early);
            }
        }
    }

    private boolean mayWait() {
        int asked = askedByReads;
        if (asked >= AT_ONCE) {
            return true;
        }
        askedByReads = asked + 1;
        return false;
    }

    private void doWhatIsAskedAfter(long nanos) {
        try {
            scheduler.schedule(this::doWhatIsAsked, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The scheduler is closing, and nobody would come back to it.
            doWhatIsAsked();
        }
    }

    private void doWhatIsAsked() {
        if (phase.getAndSet(Phase.NONE) != Phase.NONE) {
            handOver(Objects.requireNonNull(work, "asked for before the phase was set"));
        }
    }

    /** Does upkeep, and again if something was written meanwhile. */
    void run(Runnable upkeep) {
        runOnce(upkeep);
        if (phase.get() != Phase.NONE) {
            doWhatIsAsked();
        } else {
            doWhatWasMissed();
        }
    }

    private void runOnce(Runnable upkeep) {
        RUNNING.incrementAndGet(this);
        try {
            tick();
            upkeep.run();
        } finally {
            RUNNING.decrementAndGet(this);
        }
    }

    /** Either the writer sees that no run is under way any more, or the run's end sees what was written. */
    private void doWhatWasMissed() {
        Runnable known = work;
        if (written && running == 0 && known != null) {
            written = false;
            handOver(known);
        }
    }

    private void handOver(Runnable upkeep) {
        boolean taken = false;
        try {
            executor.execute(() -> run(upkeep));
            taken = true;
        } catch (RejectedExecutionException e) {
            // The executor is closing or full; the cache would never ask again if this weren't done.
        } finally {
            if (!taken) {
                runOnce(upkeep);
            }
        }
    }
}
