package io.hamster.testing;

import io.hamster.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time for tests: a clock that stands still until {@link #advance} moves it, and a scheduler whose tasks run on the
 * thread that moves it, in the order of their due times. Tasks that are due at once run on the submitting thread, or,
 * when submitted by a running task, right after that task.
 *
 * <p>Thread-safe. Wall clock and monotonic time move together; {@link #stepWallClock} moves the wall clock alone, as an
 * administrator or NTP would.
 */
public final class ManualTime implements TimeSource {

    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final AtomicLong sequence = new AtomicLong();
    private long nanos;
    private Instant wallClock;
    private @Nullable Thread runner;

    /** Creates a clock that stands at 2026-01-01T00:00:00Z. */
    public ManualTime() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /**
     * Creates a clock.
     *
     * @param start where the wall clock stands
     */
    public ManualTime(Instant start) {
        this.wallClock = start;
    }

    @Override
    public long nanoTime() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Instant instant() {
        lock.lock();
        try {
            return wallClock;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves both clocks forward and runs, on this thread, every task that falls due on the way; each task sees the
     * time at which it was due.
     *
     * @param duration how far; not negative
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Time can't go back: " + duration);
        }
        long target = nanoTime() + duration.toNanos();
        runUntil(target);
        moveTo(target);
    }

    /**
     * Moves the wall clock without the monotonic one.
     *
     * @param step how far; negative for back
     */
    public void stepWallClock(Duration step) {
        lock.lock();
        try {
            wallClock = wallClock.plus(step);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The scheduler whose tasks this clock runs.
     *
     * @return the same instance each time
     */
    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    /**
     * How many tasks wait for their time, periodic ones counted once.
     *
     * @return a count, 0 when everything that was scheduled has run or was cancelled
     */
    public int pendingTasks() {
        lock.lock();
        try {
            tasks.removeIf(FutureTask::isCancelled);
            return tasks.size();
        } finally {
            lock.unlock();
        }
    }

    private void runUntil(long target) {
        lock.lock();
        try {
            if (runner != null) {
                // A running task submitted work or moved the clock: the loop below it will come to it.
                return;
            }
            runner = Thread.currentThread();
        } finally {
            lock.unlock();
        }
        // A task's own exception stays in its future, so this loop always reaches its end, where next() ends the run.
        for (Task<?> task = next(target); task != null; task = next(target)) {
            moveTo(task.due);
            task.runOnce();
        }
    }

    private @Nullable Task<?> next(long target) {
        lock.lock();
        try {
            Task<?> head = tasks.peek();
            if (head != null && head.due - target <= 0) {
                return tasks.poll();
            }
            // Under the lock that guards additions: whoever adds from now on runs the task itself.
            runner = null;
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void moveTo(long target) {
        lock.lock();
        try {
            if (target - nanos > 0) {
                wallClock = wallClock.plusNanos(target - nanos);
                nanos = target;
            }
        } finally {
            lock.unlock();
        }
    }

    private <V> Task<V> add(Callable<V> work, long delayNanos, long periodNanos, boolean fixedRate) {
        Task<V> task;
        lock.lock();
        try {
            if (scheduler.shutdown) {
                throw new RejectedExecutionException("The scheduler was shut down");
            }
            task = new Task<>(work, nanos + Math.max(0, delayNanos), periodNanos, fixedRate);
            tasks.add(task);
        } finally {
            lock.unlock();
        }
        runUntil(nanoTime());
        return task;
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {

        private final long order = sequence.getAndIncrement();
        private final long period;
        private final boolean fixedRate;
        private long due;

        private Task(Callable<V> work, long due, long period, boolean fixedRate) {
            super(work);
            this.due = due;
            this.period = period;
            this.fixedRate = fixedRate;
        }

        private void runOnce() {
            if (period == 0) {
                run();
            } else if (runAndReset()) {
                lock.lock();
                try {
                    due = (fixedRate ? due : nanos) + period;
                    if (!scheduler.shutdown) {
                        tasks.add(this);
                    }
                } finally {
                    lock.unlock();
                }
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Task<?> that = (Task<?>) other;
            int byTime = Long.signum(due - that.due);
            return byTime != 0 ? byTime : Long.compare(order, that.order);
        }
    }

    private final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService {

        private boolean shutdown;

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            return add(Executors.callable(command), unit.toNanos(delay), 0, false);
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
            return add(callable, unit.toNanos(delay), 0, false);
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initial, long period, TimeUnit unit) {
            return add(Executors.callable(command), unit.toNanos(initial), unit.toNanos(period), true);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
            return add(Executors.callable(command), unit.toNanos(initial), unit.toNanos(delay), false);
        }

        @Override
        public void execute(Runnable command) {
            add(Executors.callable(command), 0, 0, false);
        }

        @Override
        public void shutdown() {
            lock.lock();
            try {
                shutdown = true;
                tasks.clear();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public List<Runnable> shutdownNow() {
            lock.lock();
            try {
                List<Runnable> left = new ArrayList<>(tasks);
                shutdown();
                return left;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean isShutdown() {
            lock.lock();
            try {
                return shutdown;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean isTerminated() {
            return isShutdown();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return isShutdown();
        }
    }
}
