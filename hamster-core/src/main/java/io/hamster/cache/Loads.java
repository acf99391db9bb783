package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs loaders in flights and brings to the tier what they load. */
final class Loads<K, V> {

    private static final Logger log = LoggerFactory.getLogger(Loads.class);

    private final String cache;
    private final CacheRuntime runtime;
    private final TimeSource time;
    private final LocalTier<K, V> tier;
    private final Slots<K, V> slots;
    private final Counters counters;
    private final Waits<K, V> waits;
    private final boolean alwaysShared;
    private final long softTimeout;
    private final long hardTimeout;
    private final OverdueLoads<K> overdue;
    private final LoadWatch watch;

    Loads(
            String cache,
            CachePolicy policy,
            CacheRuntime runtime,
            LocalTier<K, V> tier,
            Slots<K, V> slots,
            Counters counters,
            LoadWatch watch) {
        this.cache = cache;
        this.runtime = runtime;
        this.time = runtime.time();
        this.tier = tier;
        this.slots = slots;
        this.counters = counters;
        this.waits = new Waits<>(cache, policy, runtime, tier, counters);
        this.alwaysShared = policy.safeInTransactions();
        this.softTimeout = Durations.nanos(policy.softTimeout());
        this.hardTimeout = policy.hardTimeout().map(Durations::nanos).orElse(0L);
        this.overdue = new OverdueLoads<>(time, hardTimeout);
        this.watch = watch;
    }

    Optional<V> load(
            K key, CacheLoader<? super K, ? extends V> loader, Function<? super Optional<V>, EntryOptions> options) {
        if (mustRunAlone()) {
            return loadAlone(key, loader, time.nanoTime());
        }
        while (true) {
            long asked = tier.stamps().now();
            Flight<V> mine = flight(runFor(key), options);
            Flight<V> flight = tier.board(key, mine);
            if (flight == mine) {
                launch(key, mine, () -> run(key, mine, watch.of(loader, false), options), isTimed());
            }
            Optional<V> answer = waits.answer(key, flight, asked, flight == mine);
            if (answer != null) {
                return answer;
            }
        }
    }

    CompletableFuture<Optional<V>> loadAsync(
            K key, CacheLoader<? super K, ? extends V> loader, Function<? super Optional<V>, EntryOptions> options) {
        long asked = tier.stamps().now();
        Flight<V> mine = flight(runFor(key), options);
        Flight<V> flight = tier.board(key, mine);
        if (flight == mine) {
            launch(key, mine, () -> run(key, mine, watch.of(loader, false), options), true);
        }
        return waits.follow(key, flight, asked, flight == mine, () -> loadAsync(key, loader, options));
    }

    /**
     * Runs a loader that publishes nothing and that nobody joins.
     *
     * @param startedAt from before the shared tier was asked, if it was: what had expired there may be served
     */
    Optional<V> loadAlone(K key, CacheLoader<? super K, ? extends V> loader, long startedAt) {
        Callable<Map<? extends K, ? extends V>> call = () -> {
            V value = watch.<K, V>of(loader, false).load(key);
            return value == null ? Map.of() : Map.of(key, value);
        };
        return Objects.requireNonNull(runAlone(Set.of(key), call, startedAt).get(key));
    }

    CompletableFuture<Optional<V>> compose(
            K key,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        if (mustRunAlone()) {
            return composeAlone(key, watch.ofAsync(loader, false));
        }
        long asked = tier.stamps().now();
        Flight<V> mine = flight(runFor(key), options);
        Flight<V> flight = tier.board(key, mine);
        if (flight == mine) {
            launch(key, mine, () -> start(key, mine, watch.ofAsync(loader, false), options), false);
        }
        return waits.follow(key, flight, asked, flight == mine, () -> compose(key, loader, options));
    }

    void refresh(
            K key,
            Slot<V> slot,
            CacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        refresh(key, slot, options, flight -> () -> run(key, flight, watch.of(loader, true), options), true);
    }

    /**
     * The same on this thread, which waits for the load.
     *
     * @param whenOverdue called if the load passes the hard timeout, after which this may never return
     */
    void refreshHere(
            K key,
            Slot<V> slot,
            CacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options,
            Runnable whenOverdue) {
        Function<Flight<V>, Runnable> work = flight -> {
            flight.settled().call(outcome -> {
                if (outcome instanceof Outcome.Overdue<V>) {
                    whenOverdue.run();
                }
            });
            return () -> run(key, flight, watch.of(loader, true), options);
        };
        refresh(key, slot, options, work, false);
    }

    void refreshAsync(
            K key,
            Slot<V> slot,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        refresh(key, slot, options, flight -> () -> start(key, flight, watch.ofAsync(loader, true), options), false);
    }

    /** Reloads a value in the background, once; a failure leaves it as it is. */
    private void refresh(
            K key,
            Slot<V> slot,
            Function<? super Optional<V>, EntryOptions> options,
            Function<Flight<V>, Runnable> work,
            boolean onExecutor) {
        if (mustRunAlone() || !slot.claimRefresh(time.nanoTime())) {
            return;
        }
        Flight<V> flight = flight(runFor(key), options);
        if (tier.board(key, flight) != flight) {
            // Somebody loads it already, but may fail or not be published.
            slot.refreshAgainAt(slots.nextRefresh(slot, time.nanoTime()));
            return;
        }
        Consumer<Outcome<V>> retry = outcome -> {
            // Also what was loaded may not have been published: then this slot still is what is read.
            slot.refreshAgainAt(slots.nextRefresh(slot, time.nanoTime()));
            if (!(outcome instanceof Outcome.Loaded<V> || outcome instanceof Outcome.Found<V>)) {
                log.debug("Cache '{}' couldn't refresh {}: {}", cache, CacheKeys.shortened(key), outcome);
            }
        };
        flight.settled().call(retry);
        try {
            if (tier.live(key, flight) == slot) {
                if (!endIfPaused(key, flight)) {
                    watch(key, flight);
                    handOver(work.apply(flight), onExecutor);
                }
            } else {
                end(key, flight, new Outcome.Found<>(slot.optional()));
            }
        } catch (Throwable e) {
            end(key, flight, Outcome.failed(e));
        }
    }

    Waits<K, V> waits() {
        return waits;
    }

    LoadWatch watch() {
        return watch;
    }

    boolean mustRunAlone() {
        return !alwaysShared && runtime.inTransaction().getAsBoolean();
    }

    /** Whether loads must run on a thread that nobody waits for. */
    boolean isTimed() {
        return softTimeout > 0 || hardTimeout > 0;
    }

    Flight<V> flight(LoadGraph.Run run, Function<? super Optional<V>, EntryOptions> options) {
        return new Flight<>(run, tier.origin(), FixedOptions.knownTags(options));
    }

    /** Starts a boarded flight unless its key has come into the cache meanwhile; never throws. */
    private void launch(K key, Flight<V> flight, Runnable work, boolean onExecutor) {
        try {
            if (!endIfNotNeeded(key, flight)) {
                watch(key, flight);
                handOver(work, onExecutor);
            }
        } catch (Throwable e) {
            end(key, flight, Outcome.failed(e));
        }
    }

    /** Ends a boarded flight whose key has come into the cache or was touched meanwhile, or can't be loaded for now. */
    boolean endIfNotNeeded(K key, Flight<V> flight) {
        Slot<V> slot = tier.live(key, flight);
        if (slot != null) {
            end(key, flight, new Outcome.Found<>(slot.optional()));
            return true;
        }
        if (!tier.isCurrent(key, flight)) {
            // What is missing now may have been there before: only a load that begins after its loss may stand for it.
            end(key, flight, new Outcome.Superseded<>());
            return true;
        }
        return endIfPaused(key, flight);
    }

    private boolean endIfPaused(K key, Flight<V> flight) {
        boolean isPaused = overdue.isPaused(key);
        if (isPaused) {
            end(key, flight, new Outcome.Overdue<>(true));
        }
        return isPaused;
    }

    void watch(K key, Flight<V> flight) {
        try {
            if (!tier.stamps().isClosed()) {
                flight.watch(runtime.scheduler(), softTimeout, hardTimeout, () -> passHardTimeout(key, flight));
            }
        } catch (RejectedExecutionException e) {
            throwUnlessClosed(e);
        }
    }

    void handOver(Runnable work, boolean onExecutor) {
        if (onExecutor && !tier.stamps().isClosed()) {
            try {
                runtime.executor().execute(work);
                return;
            } catch (RejectedExecutionException e) {
                throwUnlessClosed(e);
            }
        }
        work.run();
    }

    /** The client may have been closed, and its threads ended, since the caller looked. */
    private void throwUnlessClosed(RejectedExecutionException e) {
        if (!tier.stamps().isClosed()) {
            throw e;
        }
    }

    private void run(
            K key,
            Flight<V> flight,
            CacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        long began = time.nanoTime();
        Outcome<V> outcome;
        try {
            Callable<@Nullable V> call = () -> loader.load(key);
            outcome = arrive(key, flight, runtime.graph().within(flight.run, call), options);
        } catch (Throwable e) {
            keepInterrupt(e);
            outcome = Outcome.failed(e);
        }
        land(key, flight, outcome, began);
    }

    /** Sets the flag again of the thread that ran a loader, which nobody else can. */
    static void keepInterrupt(Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(
            K key,
            Flight<V> flight,
            AsyncCacheLoader<? super K, ? extends V> loader,
            Function<? super Optional<V>, EntryOptions> options) {
        long began = time.nanoTime();
        try {
            stage(key, flight.run, loader).whenComplete((value, failure) -> {
                Outcome<V> outcome;
                try {
                    outcome =
                            failure == null ? arrive(key, flight, value, options) : Outcome.failed(unwrapped(failure));
                } catch (Throwable e) {
                    outcome = Outcome.failed(e);
                }
                land(key, flight, outcome, began);
            });
        } catch (Throwable e) {
            keepInterrupt(e);
            land(key, flight, Outcome.failed(e), began);
        }
    }

    private CompletionStage<? extends @Nullable V> stage(
            K key, LoadGraph.Run run, AsyncCacheLoader<? super K, ? extends V> loader) throws Exception {
        Callable<CompletionStage<? extends @Nullable V>> call = () -> loader.load(key);
        return Objects.requireNonNull(runtime.graph().within(run, call), "the loader returned no stage");
    }

    /** Publishes a loaded value if it may be. */
    Outcome<V> arrive(K key, Flight<V> flight, @Nullable V value, Function<? super Optional<V>, EntryOptions> options) {
        Optional<V> loaded = Optional.ofNullable(value);
        EntryOptions own = options.apply(loaded);
        Slot<V> slot = slots.make(key, value, own, flight.origin, time.nanoTime());
        tier.publish(key, flight, slot, own.tags());
        return new Outcome.Loaded<>(loaded, own.tags(), own.found().isEmpty());
    }

    private void land(K key, Flight<V> flight, Outcome<V> outcome, long began) {
        if (calledLoader(outcome)) {
            countTime(began);
        }
        land(key, flight, outcome);
    }

    void land(K key, Flight<V> flight, Outcome<V> outcome) {
        if (calledLoader(outcome)) {
            count(1, !(outcome instanceof Outcome.Loaded<V>));
        }
        end(key, flight, outcome);
    }

    static boolean calledLoader(Outcome<?> outcome) {
        return !(outcome instanceof Outcome.Loaded<?> loaded) || loaded.calledLoader();
    }

    /** Leaves the table first: whoever finds the flight settled finds the cache as the flight left it. */
    void end(K key, Flight<V> flight, Outcome<V> outcome) {
        tier.leave(key, flight);
        if (!flight.settle(outcome)) {
            overdue.end(key, flight);
        }
    }

    private void passHardTimeout(K key, Flight<V> flight) {
        overdue.begin(key, flight);
        if (!flight.passHardTimeout()) {
            overdue.end(key, flight);
        }
    }

    /** The same for several keys; they are answered with what has expired if that is there of all. */
    Map<K, Optional<V>> runAlone(Set<K> keys, Callable<Map<? extends K, ? extends V>> loader, long startedAt) {
        keys.forEach(this::requireNotLoading);
        long began = time.nanoTime();
        Map<K, Optional<V>> answers = new LinkedHashMap<>();
        Throwable failure = null;
        try {
            Map<? extends K, ? extends V> values = runtime.graph().within(new LoadGraph.Run(tier, keys), loader);
            keys.forEach(key -> answers.put(key, Optional.ofNullable(values.get(key))));
        } catch (Throwable e) {
            keepInterrupt(e);
            failure = e;
        }
        countTime(began);
        count(keys.size(), failure != null);
        return failure == null ? answers : waits.answersLate(keys, failure, startedAt);
    }

    private CompletableFuture<Optional<V>> composeAlone(K key, AsyncCacheLoader<? super K, ? extends V> loader) {
        CompletableFuture<Optional<V>> answer = new CompletableFuture<>();
        if (runtime.graph().isLoading(tier, key)) {
            answer.completeExceptionally(waits.cyclic(key));
            return answer;
        }
        long began = time.nanoTime();
        try {
            stage(key, runFor(key), loader).whenComplete((value, failure) -> {
                countTime(began);
                count(1, failure != null);
                if (failure == null) {
                    answer.complete(Optional.ofNullable(value));
                } else {
                    waits.completeLate(key, unwrapped(failure), began, answer);
                }
            });
        } catch (Throwable e) {
            keepInterrupt(e);
            countTime(began);
            count(1, true);
            waits.completeLate(key, e, began, answer);
        }
        return answer;
    }

    /** Counts a loader's call, to be done before its callers learn of its end. */
    void countTime(long began) {
        counters.loadNanos.add(time.nanoTime() - began);
    }

    private void count(int keys, boolean failed) {
        counters.loads.add(keys);
        if (failed) {
            counters.loadFailures.add(keys);
        }
    }

    private LoadGraph.Run runFor(K key) {
        return new LoadGraph.Run(tier, Set.of(key));
    }

    private void requireNotLoading(K key) {
        if (runtime.graph().isLoading(tier, key)) {
            throw waits.cyclic(key);
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
