package io.hamster.cluster;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats one caller's work at a fixed delay. At most one run at any time, also across changes of the work: a run that
 * ignores its interrupt holds up its successors, nobody else.
 */
final class CallerLoop {

    private static final Logger log = LoggerFactory.getLogger(CallerLoop.class);

    private final Caller caller;
    private final Duration interval;
    private final Threads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private @Nullable Round round;
    private @Nullable Thread running;
    private Runnable cancelTimer = () -> {};

    CallerLoop(Caller caller, Duration interval, Threads threads) {
        this.caller = caller;
        this.interval = interval;
        this.threads = threads;
    }

    /**
     * Work to repeat.
     *
     * @param allowed asked right before each run
     * @param over whether no run will ever be allowed again
     * @param work one run
     */
    record Round(BooleanSupplier allowed, BooleanSupplier over, Work work) {}

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    Caller caller() {
        return caller;
    }

    /** Begins with a run at once; {@link #cancel} comes before another begin. */
    void begin(Round next) {
        lock.lock();
        try {
            round = next;
        } finally {
            lock.unlock();
        }
        threads.run(() -> run(next));
    }

    /** Starts no more runs and interrupts the one under way. */
    void cancel() {
        lock.lock();
        try {
            round = null;
            cancelTimer.run();
            if (running != null && running != Thread.currentThread()) {
                running.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a run is under way on another thread. */
    boolean isRunning() {
        lock.lock();
        try {
            return running != null && running != Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    /** Whether this is called by the run under way. */
    boolean isRunningHere() {
        lock.lock();
        try {
            return running == Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no run is under way; false if one still is after so many nanoseconds. */
    boolean awaitEnd(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (running != null && running != Thread.currentThread()) {
                if (left <= 0) {
                    return false;
                }
                left = ended.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run(Round mine) {
        if (!enter(mine)) {
            return;
        }
        try {
            if (mine.allowed().getAsBoolean()) {
                mine.work().run();
            }
        } catch (InterruptedException e) {
            log.debug("A run of {} was interrupted", caller);
        } catch (Throwable e) {
            if (Thread.currentThread().isInterrupted()) {
                log.debug("A run of {} was interrupted", caller, e);
            } else {
                log.warn("A run of {} failed; the next comes in {}", caller, interval, e);
            }
        } finally {
            leave(mine);
        }
    }

    private boolean enter(Round mine) {
        lock.lock();
        try {
            if (round != mine) {
                return false;
            }
            if (running != null) {
                schedule(mine);
                return false;
            }
            running = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Round mine) {
        lock.lock();
        try {
            running = null;
            // Meant for this run, not for whatever the pool does next.
            Thread.interrupted();
            ended.signalAll();
            if (round == mine && !mine.over().getAsBoolean()) {
                schedule(mine);
            }
        } finally {
            lock.unlock();
        }
    }

    private void schedule(Round mine) {
        try {
            cancelTimer = threads.schedule(() -> threads.run(() -> run(mine)), interval);
        } catch (RejectedExecutionException e) {
            log.warn("No more runs of {}: its scheduler is shut down", caller);
        }
    }

    static long remaining(long deadline) {
        return Math.max(0, deadline - System.nanoTime());
    }

    static long deadline(Duration timeout) {
        return System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
    }
}
