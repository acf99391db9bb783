package io.hamster.cache;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** Loads several keys by one call: a flight for each key that nobody else is loading, all with one run. */
final class BulkLoads<K, V> {

    private final CacheRuntime runtime;
    private final LocalTier<K, V> tier;
    private final Loads<K, V> loads;
    private final Function<Optional<V>, EntryOptions> noOptions = new FixedOptions<>(EntryOptions.none());

    BulkLoads(CacheRuntime runtime, LocalTier<K, V> tier, Loads<K, V> loads) {
        this.runtime = runtime;
        this.tier = tier;
        this.loads = loads;
    }

    Map<K, Optional<V>> load(Collection<K> missing, BulkCacheLoader<K, V> loader) {
        return load(missing, loader, key -> noOptions);
    }

    /**
     * Loads keys that weren't cached a moment ago.
     *
     * @param options gives each key's options once the loader has returned
     */
    Map<K, Optional<V>> load(
            Collection<K> missing,
            BulkCacheLoader<K, V> loader,
            Function<K, Function<Optional<V>, EntryOptions>> options) {
        if (loads.mustRunAlone()) {
            return loadAlone(missing, loader, runtime.time().nanoTime());
        }
        Map<K, Optional<V>> answers = new LinkedHashMap<>();
        Set<K> open = new LinkedHashSet<>(missing);
        while (!open.isEmpty()) {
            round(open, loader, options, answers);
            open.removeAll(answers.keySet());
        }
        return answers;
    }

    private void round(
            Set<K> open,
            BulkCacheLoader<K, V> loader,
            Function<K, Function<Optional<V>, EntryOptions>> options,
            Map<K, Optional<V>> answers) {
        long asked = tier.stamps().now();
        LoadGraph.Run run = new LoadGraph.Run(tier, Set.copyOf(open));
        Map<K, Flight<V>> boarded = new LinkedHashMap<>();
        Set<K> own = new HashSet<>();
        Map<K, Flight<V>> mine = new LinkedHashMap<>();
        try {
            board(open, run, boarded, own, mine);
            if (!mine.isEmpty()) {
                mine.forEach(loads::watch);
                loads.handOver(() -> run(mine, run, loader, options), loads.isTimed());
            }
        } catch (Throwable e) {
            mine.forEach((key, flight) -> loads.end(key, flight, Outcome.failed(e)));
        }
        collect(boarded, own, asked, answers);
    }

    /** {@code own} are the flights begun here; of these, {@code mine} are still to be flown. */
    private void board(Set<K> open, LoadGraph.Run run, Map<K, Flight<V>> boarded, Set<K> own, Map<K, Flight<V>> mine) {
        for (K key : open) {
            Flight<V> flight = loads.flight(run, noOptions);
            mine.put(key, flight);
            Flight<V> joined = tier.board(key, flight);
            boarded.put(key, joined);
            if (joined == flight) {
                own.add(key);
            }
            if (joined != flight || loads.endIfNotNeeded(key, flight)) {
                mine.remove(key);
            }
        }
    }

    private void collect(Map<K, Flight<V>> boarded, Set<K> own, long asked, Map<K, Optional<V>> answers) {
        RuntimeException failure = null;
        for (Map.Entry<K, Flight<V>> entry : boarded.entrySet()) {
            K key = entry.getKey();
            try {
                Optional<V> answer = loads.waits().answer(key, entry.getValue(), asked, own.contains(key));
                if (answer != null) {
                    answers.put(key, answer);
                }
            } catch (CacheLoadInterruptedException e) {
                throw e;
            } catch (RuntimeException e) {
                // Every key is looked at all the same, so that each stale value that is served has been counted.
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void run(
            Map<K, Flight<V>> flights,
            LoadGraph.Run run,
            BulkCacheLoader<K, V> loader,
            Function<K, Function<Optional<V>, EntryOptions>> options) {
        long began = runtime.time().nanoTime();
        Map<K, Outcome<V>> outcomes = new LinkedHashMap<>();
        try {
            Map<? extends K, ? extends V> values = call(flights.keySet(), run, loader);
            flights.forEach((key, flight) -> outcomes.put(key, arrive(key, flight, values, options)));
        } catch (Throwable e) {
            Loads.keepInterrupt(e);
            flights.keySet().forEach(key -> outcomes.put(key, Outcome.failed(e)));
        }
        if (outcomes.values().stream().anyMatch(Loads::calledLoader)) {
            loads.countTime(began);
        }
        flights.forEach((key, flight) -> loads.land(key, flight, Objects.requireNonNull(outcomes.get(key))));
    }

    private Outcome<V> arrive(
            K key,
            Flight<V> flight,
            Map<? extends K, ? extends V> values,
            Function<K, Function<Optional<V>, EntryOptions>> options) {
        try {
            return loads.arrive(key, flight, values.get(key), options.apply(key));
        } catch (Throwable e) {
            return Outcome.failed(e);
        }
    }

    private Map<? extends K, ? extends V> call(Set<K> keys, LoadGraph.Run run, BulkCacheLoader<K, V> loader)
            throws Exception {
        Callable<Map<? extends K, ? extends V>> call =
                () -> loads.watch().ofAll(loader).loadAll(Collections.unmodifiableSet(keys));
        return runtime.graph().within(run, call);
    }

    /**
     * Runs a loader that publishes nothing and that nobody joins.
     *
     * @param startedAt from before the shared tier was asked, if it was
     */
    Map<K, Optional<V>> loadAlone(Collection<K> keys, BulkCacheLoader<K, V> loader, long startedAt) {
        Set<K> distinct = Collections.unmodifiableSet(new LinkedHashSet<>(keys));
        return loads.runAlone(distinct, () -> loads.watch().ofAll(loader).loadAll(distinct), startedAt);
    }
}
