package io.hamster.cluster;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executors of a cluster or tracker: those it was given, else its own between {@link #open} and {@link #close}. Its
 * own executor grows with the work, which is bounded where it is submitted.
 */
final class Threads {

    private static final Logger log = LoggerFactory.getLogger(Threads.class);
    private static final long IDLE_SECONDS = 30;
    private static final Duration PAUSE_WITHOUT_THREADS = Duration.ofMillis(100);

    private final String name;
    private final @Nullable ScheduledExecutorService givenScheduler;
    private final @Nullable Executor givenExecutor;
    private final AtomicInteger created = new AtomicInteger();
    private volatile @Nullable ScheduledExecutorService ownScheduler;
    private volatile @Nullable ExecutorService ownExecutor;
    /** Whether there was no thread when one was wanted last; for the log alone. */
    private volatile boolean starved;

    Threads(String name, @Nullable ScheduledExecutorService scheduler, @Nullable Executor executor) {
        this.name = name;
        this.givenScheduler = scheduler;
        this.givenExecutor = executor;
    }

    void open() {
        ThreadFactory factory = work -> daemon(work, name + "-" + created.incrementAndGet());
        if (givenScheduler == null && ownScheduler == null) {
            ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, factory);
            scheduler.setRemoveOnCancelPolicy(true);
            // What there is no thread for is left to the scheduler, which must not need one then.
            scheduler.prestartCoreThread();
            ownScheduler = scheduler;
        }
        if (givenExecutor == null && ownExecutor == null) {
            ownExecutor = new ThreadPoolExecutor(
                    0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
        }
    }

    /** Lets go of its own executors; what runs or was submitted still ends. */
    void close() {
        ScheduledExecutorService scheduler = ownScheduler;
        if (scheduler != null) {
            scheduler.shutdownNow();
            ownScheduler = null;
        }
        ExecutorService executor = ownExecutor;
        if (executor != null) {
            executor.shutdown();
            ownExecutor = null;
        }
    }

    /**
     * Runs work that must not be lost: on a thread of its own where the executor refuses it, and later where the machine
     * has no thread for it at present.
     */
    void run(Runnable work) {
        try {
            runNow(work);
            starved = false;
        } catch (OutOfMemoryError e) {
            if (!starved) {
                starved = true;
                log.warn("There is no thread for work of {}; trying again: {}", name, e.getMessage());
            }
            schedule(() -> run(work), PAUSE_WITHOUT_THREADS);
        }
    }

    private void runNow(Runnable work) {
        try {
            execute(work);
        } catch (RejectedExecutionException e) {
            log.warn("The executor of {} refused work, which gets a thread of its own: {}", name, e.getMessage());
            daemon(work, name + "-refused").start();
        }
    }

    /** Runs work that the submitter can answer for if it is refused. */
    void execute(Runnable work) {
        Executor executor = givenExecutor != null ? givenExecutor : ownExecutor;
        if (executor == null) {
            throw new RejectedExecutionException(name + " is not running");
        }
        executor.execute(work);
    }

    /** Runs short work later; the result cancels it. */
    Runnable schedule(Runnable work, Duration delay) {
        ScheduledExecutorService scheduler = givenScheduler != null ? givenScheduler : ownScheduler;
        if (scheduler == null) {
            throw new RejectedExecutionException(name + " is not running");
        }
        var scheduled = scheduler.schedule(work, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
