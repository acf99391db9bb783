package io.hamster.spring;

import io.hamster.testing.ManualTime;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.springframework.util.CustomizableThreadCreator;

/**
 * The threads that Hamster works on. Neither is a bean: an {@code Executor} among the beans would make Boot's own back
 * off.
 *
 * <p>Thread-safe. Closed by the application context after every bean that uses it.
 */
public final class HamsterExecutors implements AutoCloseable {

    private static final int TIMER_THREADS = 2;
    private static final long CLOSE_SECONDS = 5;

    private final ScheduledExecutorService scheduler;
    private final ExecutorService pool;
    private final Executor executor;
    private final UnaryOperator<Runnable> decorator;

    private HamsterExecutors(
            ScheduledExecutorService scheduler, ExecutorService pool, UnaryOperator<Runnable> decorator) {
        this.scheduler = scheduler;
        this.pool = pool;
        this.decorator = decorator;
        this.executor = task -> pool.execute(decorator.apply(task));
    }

    static HamsterExecutors create(ThreadFactory workers, UnaryOperator<Runnable> decorator) {
        return create(Executors.newCachedThreadPool(workers), decorator);
    }

    /** For threads that are cheap to make and not meant to be kept. */
    static HamsterExecutors threadPerTask(ThreadFactory workers, UnaryOperator<Runnable> decorator) {
        // A worker that waits no time for its next task has only the one it was made for.
        return create(
                new ThreadPoolExecutor(
                        0, Integer.MAX_VALUE, 0, TimeUnit.NANOSECONDS, new SynchronousQueue<>(), workers),
                decorator);
    }

    private static HamsterExecutors create(ExecutorService pool, UnaryOperator<Runnable> decorator) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(TIMER_THREADS, threads("hamster-timer-"));
        timer.setRemoveOnCancelPolicy(true);
        return new HamsterExecutors(timer, pool, decorator);
    }

    static HamsterExecutors driven(ManualTime time, UnaryOperator<Runnable> decorator) {
        return new HamsterExecutors(time.scheduler(), Executors.newCachedThreadPool(threads("hamster-")), decorator);
    }

    static ThreadFactory threads(String prefix) {
        CustomizableThreadCreator creator = new CustomizableThreadCreator(prefix);
        creator.setDaemon(true);
        return creator::createThread;
    }

    /**
     * The timer: for short work that never blocks.
     *
     * @return the shared scheduler
     */
    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    /**
     * Where callbacks and background work run; a virtual thread each if {@code spring.threads.virtual.enabled}. Carries
     * the submitter's logging context (MDC), and where Micrometer's context propagation is present also the rest of his
     * context (observation, security).
     *
     * @return the shared executor, without a bound on its threads
     */
    public Executor executor() {
        return executor;
    }

    /**
     * Where work runs that isn't its submitter's, such as calls of other nodes and what becomes due by another caller's
     * doing: it must not run with the context of the thread that happened to hand it over.
     *
     * @return the same threads as {@link #executor()}, without any context
     */
    public Executor contextFreeExecutor() {
        return pool;
    }

    /**
     * Makes work carry the calling thread's context to whichever thread runs it, and not leave it there.
     *
     * @param task the work
     * @return the work with the context of now
     */
    public Runnable carrying(Runnable task) {
        return decorator.apply(task);
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        pool.shutdown();
        try {
            if (!pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
