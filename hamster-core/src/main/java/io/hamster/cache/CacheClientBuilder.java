package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cache.writeback.SharedJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link CacheClient} works with. Not thread-safe. */
public final class CacheClientBuilder {

    private TimeSource time = TimeSource.system();
    private @Nullable Executor executor;
    private @Nullable Executor contextFreeExecutor;
    private @Nullable ScheduledExecutorService scheduler;
    private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
    private BooleanSupplier inTransaction = () -> false;
    private Function<String, CachePolicy> policies = name -> CachePolicy.defaults();
    private @Nullable SharedTier shared;
    private @Nullable Codec codec;
    private SharedJournal.@Nullable Factory sharedJournals;
    private UnaryOperator<Runnable> contextCarrier = UnaryOperator.identity();
    private final List<CacheListener> listeners = new ArrayList<>();

    CacheClientBuilder() {}

    /**
     * The clock for every expiry and timeout.
     *
     * @param time default: this process's
     * @return this
     */
    public CacheClientBuilder timeSource(TimeSource time) {
        this.time = time;
        return this;
    }

    /**
     * Where loads run that don't run on the caller's thread: asynchronous ones, refreshes, all of a cache with timeouts.
     * It may carry the submitting thread's context along. Loads block its threads and may wait for each other, so it
     * needs threads to spare.
     *
     * @param executor not closed by the client; default: threads of the client's own, as many as are needed
     * @return this
     */
    public CacheClientBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /**
     * Where runs what isn't due to the thread that submits it: the completion of futures that joined another caller's
     * load, removal listeners and upkeep. It must not carry that thread's context along.
     *
     * @param executor not closed by the client; default: the same as {@link #executor}
     * @return this
     */
    public CacheClientBuilder contextFreeExecutor(Executor executor) {
        this.contextFreeExecutor = executor;
        return this;
    }

    /**
     * Carries a caller's context to asynchronous loaders that are called only once a shared tier has answered, on a thread
     * that knows nothing of the caller.
     *
     * @param carrier called on the caller's thread; gives the work with that thread's context, for whichever thread runs
     *     it; default: no context is carried
     * @return this
     */
    public CacheClientBuilder contextCarrier(UnaryOperator<Runnable> carrier) {
        this.contextCarrier = carrier;
        return this;
    }

    /**
     * What wakes the client at expiries and timeouts; nothing blocks on it.
     *
     * @param scheduler not closed by the client; default: one thread of the client's own
     * @return this
     */
    public CacheClientBuilder scheduler(ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
        return this;
    }

    /**
     * The randomness of {@code ttlJitter}.
     *
     * @param random gives numbers from 0 to less than 1, thread-safe; default: {@link ThreadLocalRandom}
     * @return this
     */
    public CacheClientBuilder random(DoubleSupplier random) {
        this.random = random;
        return this;
    }

    /**
     * Tells whether a transaction is in progress on the calling thread. Its loads then run alone on that thread and are
     * not published, unless the cache is declared {@linkplain CachePolicyBuilder#safeInTransactions safe}: they may see
     * uncommitted data or an old snapshot. Timeouts don't apply to them; {@code staleOnError} does.
     *
     * @param inTransaction asked before each load; default: never
     * @return this
     */
    public CacheClientBuilder inTransaction(BooleanSupplier inTransaction) {
        this.inTransaction = inTransaction;
        return this;
    }

    /**
     * The policies of caches that are asked for by name alone.
     *
     * @param policies called when a cache is first asked for, without a lock: more than once if several threads ask at
     *     the same time, and then one of the policies is used; default: {@link CachePolicy#defaults()} for all
     * @return this
     */
    public CacheClientBuilder policies(Function<String, CachePolicy> policies) {
        this.policies = policies;
        return this;
    }

    /**
     * What the caches share with those of other instances, for policies with a {@link CachePolicyBuilder#tier},
     * {@link CachePolicyBuilder#loadScope} or {@link CachePolicyBuilder#tellsOthers} that needs it.
     *
     * @param tier its channel is closed with the client; default: none
     * @return this
     */
    public CacheClientBuilder shared(SharedTier tier) {
        this.shared = tier;
        return this;
    }

    /**
     * What encodes keys and values that leave the heap, for the journals of write-back.
     *
     * @param codec thread-safe; not set by default
     * @return this
     */
    public CacheClientBuilder codec(Codec codec) {
        this.codec = codec;
        return this;
    }

    /**
     * What makes the journals of write-back with {@link io.hamster.cache.writeback.Durability#REDIS}.
     *
     * @param journals called when a cache with that durability is made; not set by default
     * @return this
     */
    public CacheClientBuilder sharedJournals(SharedJournal.Factory journals) {
        this.sharedJournals = journals;
        return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener told of each cache that is made, of each load and of each change
     * @return this
     */
    public CacheClientBuilder listener(CacheListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Makes the client.
     *
     * @return to be closed
     */
    public CacheClient build() {
        List<Runnable> owned = new ArrayList<>();
        ScheduledExecutorService timers = scheduler;
        if (timers == null) {
            ScheduledThreadPoolExecutor own = new ScheduledThreadPoolExecutor(1, threads("hamster-cache-timer-"));
            own.setRemoveOnCancelPolicy(true);
            owned.add(own::shutdownNow);
            timers = own;
        }
        Executor workers = executor;
        if (workers == null) {
            ThreadPoolExecutor own = new ThreadPoolExecutor(
                    0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), threads("hamster-cache-"));
            owned.add(own::shutdown);
            workers = own;
        }
        return new DefaultCacheClient(
                new CacheRuntime(
                        time,
                        workers,
                        contextFreeExecutor == null ? workers : contextFreeExecutor,
                        timers,
                        random,
                        inTransaction,
                        new LoadGraph(),
                        codec,
                        sharedJournals,
                        listeners.isEmpty() ? CacheListeners.NONE : new CacheListeners(listeners),
                        contextCarrier),
                policies,
                listeners,
                shared,
                owned);
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger next = new AtomicInteger(1);
        return work -> {
            Thread thread = new Thread(work, prefix + next.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }
}
