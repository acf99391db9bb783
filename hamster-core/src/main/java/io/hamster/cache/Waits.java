package io.hamster.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for flights and turns their outcomes into answers: a value, an expired value, or an exception. */
final class Waits<K, V> {

    private final String cache;
    private final CachePolicy policy;
    private final CacheRuntime runtime;
    private final LocalTier<K, V> tier;
    private final Counters counters;
    private final boolean prefersStale;
    /** Whether a read that waits counts when it is answered: in a local cache it has counted as a miss before. */
    private final boolean countsReads;

    Waits(String cache, CachePolicy policy, CacheRuntime runtime, LocalTier<K, V> tier, Counters counters) {
        this.cache = cache;
        this.policy = policy;
        this.runtime = runtime;
        this.tier = tier;
        this.counters = counters;
        this.prefersStale = !policy.softTimeout().isZero();
        this.countsReads = policy.isShared();
    }

    /**
     * Waits for a flight.
     *
     * @param asked the stamps' clock before the flight was joined
     * @param mine whether the caller started it
     * @return {@code null} if the caller has to ask again
     */
    @Nullable
    Optional<V> answer(K key, Flight<V> flight, long asked, boolean mine) {
        boolean asksAgain = false;
        try {
            Optional<V> answer = awaited(key, flight, asked, mine);
            asksAgain = answer == null;
            return answer;
        } finally {
            if (countsReads && !asksAgain) {
                count(flight.outcome());
            }
        }
    }

    private @Nullable Optional<V> awaited(K key, Flight<V> flight, long asked, boolean mine) {
        Outcome<V> outcome = flight.outcome();
        if (outcome == null && prefersStale) {
            outcome = await(key, flight, flight.soon().event()).orElse(null);
            if (outcome == null) {
                Slot<V> stale = tier.stale(key, flight);
                if (stale != null) {
                    return served(stale);
                }
            }
        }
        return judge(
                key,
                flight,
                outcome == null ? await(key, flight, flight.settled().event()) : outcome,
                asked,
                mine);
    }

    /** Answers through a future what {@link #answer} would return. */
    CompletableFuture<Optional<V>> follow(
            K key, Flight<V> flight, long asked, boolean mine, Supplier<CompletableFuture<Optional<V>>> again) {
        Answer answer = new Answer();
        LoadGraph.Run waiting = runtime.graph().current();
        if (waiting != null && flight.outcome() == null) {
            if (!runtime.graph().begin(waiting, flight.run)) {
                answer.completeExceptionally(cyclic(key));
                return answer;
            }
            answer.whenComplete((value, failure) -> runtime.graph().end(waiting, flight.run));
        }
        if (prefersStale) {
            Consumer<Optional<Outcome<V>>> next = outcome -> {
                Slot<V> stale = outcome.isPresent() ? null : tier.stale(key, flight);
                if (stale != null) {
                    hop(() -> answer.complete(served(stale)));
                } else {
                    followToEnd(key, flight, asked, mine, again, answer);
                }
            };
            flight.soon().call(next, answer);
        } else {
            followToEnd(key, flight, asked, mine, again, answer);
        }
        return answer;
    }

    private void followToEnd(
            K key,
            Flight<V> flight,
            long asked,
            boolean mine,
            Supplier<CompletableFuture<Optional<V>>> again,
            Answer answer) {
        boolean here = flight.outcome() != null;
        Consumer<Outcome<V>> end = outcome -> {
            Runnable complete = () -> complete(key, flight, outcome, asked, mine, again, answer);
            if (here || (mine && !(outcome instanceof Outcome.Overdue<V>))) {
                complete.run();
            } else {
                // What callers chain to their futures must not run on the thread of another's load or of the timers.
                hop(complete);
            }
        };
        flight.settled().call(end, answer);
    }

    private void complete(
            K key,
            Flight<V> flight,
            Outcome<V> outcome,
            long asked,
            boolean mine,
            Supplier<CompletableFuture<Optional<V>>> again,
            Answer answer) {
        if (answer.isDone()) {
            // Its caller has given up, and needs no load of its own.
            return;
        }
        try {
            Throwable failure = failure(key, flight, outcome, mine);
            if (failure != null) {
                answer.completeExceptionally(failure);
                return;
            }
            Optional<V> judged = judge(key, flight, outcome, asked, mine);
            if (judged != null) {
                answer.countAs(outcome);
                answer.complete(judged);
            } else {
                CompletableFuture<Optional<V>> next = again.get();
                answer.leaveCounting();
                answer.whenComplete((value, thrown) -> next.cancel(false));
                next.whenComplete((value, thrown) -> {
                    if (thrown == null) {
                        answer.complete(value);
                    } else {
                        answer.completeExceptionally(thrown);
                    }
                });
            }
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        }
    }

    /** What a future fails with, which is just what the loader threw; {@code null} if there is something better. */
    private @Nullable Throwable failure(K key, Flight<V> flight, Outcome<V> outcome, boolean mine) {
        if (outcome instanceof Outcome.Abandoned<V> abandoned) {
            return mine ? abandoned.failure() : null;
        }
        return outcome instanceof Outcome.Failed<V> failed && tier.stale(key, flight) == null ? failed.failure() : null;
    }

    private void hop(Runnable completion) {
        try {
            runtime.contextFreeExecutor().execute(completion);
        } catch (Throwable e) {
            // Refused, or out of threads: a future that never completed would be worse than a foreign thread.
            completion.run();
        }
    }

    private @Nullable Optional<V> judge(K key, Flight<V> flight, Outcome<V> outcome, long asked, boolean mine) {
        if (outcome instanceof Outcome.Loaded<V> loaded) {
            return mine || !isTooOld(flight, loaded.tags(), asked) ? loaded.value() : null;
        }
        if (outcome instanceof Outcome.Found<V> found) {
            return mine ? found.value() : null;
        }
        if (outcome instanceof Outcome.Superseded<V> || (outcome instanceof Outcome.Abandoned<V> && !mine)) {
            return null;
        }
        Slot<V> stale = outcome instanceof Outcome.Abandoned<V> ? null : tier.stale(key, flight);
        if (stale == null) {
            throw exception(key, outcome);
        }
        return served(stale);
    }

    /**
     * What keys are answered with that one caller couldn't load by itself.
     *
     * @param startedAt when it began
     */
    Map<K, Optional<V>> answersLate(Set<K> keys, Throwable failure, long startedAt) {
        Outcome<V> outcome = Outcome.failed(failure);
        Map<K, Optional<V>> answers = new LinkedHashMap<>();
        for (K key : keys) {
            Slot<V> stale = outcome instanceof Outcome.Abandoned<V> ? null : tier.stale(key, startedAt);
            if (stale == null) {
                throw exception(key, outcome);
            }
            answers.put(key, stale.optional());
        }
        counters.staleServed.add(answers.size());
        return answers;
    }

    /** The same through a future, which fails with just what the loader threw. */
    void completeLate(K key, Throwable failure, long startedAt, CompletableFuture<Optional<V>> answer) {
        Slot<V> stale = Outcome.failed(failure) instanceof Outcome.Abandoned<?> ? null : tier.stale(key, startedAt);
        if (stale == null) {
            answer.completeExceptionally(failure);
        } else {
            answer.complete(served(stale));
        }
    }

    /** Whether a tag may have been invalidated between the load's start and the caller's question. */
    private boolean isTooOld(Flight<V> flight, Set<String> tags, long asked) {
        return asked > flight.origin.stamp() && tier.stamps().lastInvalidation(tags) > flight.origin.stamp();
    }

    private Optional<V> served(Slot<V> stale) {
        counters.staleServed.increment();
        return stale.optional();
    }

    /** What a caller gets for an outcome without a value; an {@code Error} is thrown at once. */
    RuntimeException exception(K key, Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failed<?> failed) {
            Throwable failure = failed.failure();
            if (failure instanceof Error error) {
                throw error;
            }
            return failure instanceof RuntimeException same
                    ? same
                    : new CacheLoadException(
                            "Cache '" + cache + "' couldn't load " + CacheKeys.shortened(key) + ": " + failure,
                            failure);
        }
        if (outcome instanceof Outcome.Abandoned<?> abandoned) {
            return abandoned.failure() instanceof CacheLoadInterruptedException nested
                    ? nested
                    : interrupted(key, abandoned.failure());
        }
        if (outcome instanceof Outcome.Overdue<?> overdue && overdue.isOfOthers()) {
            return new CacheLoadTimeoutException("Cache '" + cache + "' starts no load of " + CacheKeys.shortened(key)
                    + " for now, since several that have passed hardTimeout "
                    + policy.hardTimeout().map(Object::toString).orElse("") + " still run; find out why its source"
                    + " hangs, and give the loader a timeout of its own");
        }
        return new CacheLoadTimeoutException("Cache '" + cache + "' waited longer than hardTimeout "
                + policy.hardTimeout().map(Object::toString).orElse("") + " for the load of "
                + CacheKeys.shortened(key));
    }

    /** Those who join a flight are answered from where it found its value. */
    private void count(@Nullable Outcome<V> outcome) {
        counters.asked(outcome instanceof Outcome.Loaded<V> loaded && !loaded.calledLoader());
    }

    private <T> T await(K key, Flight<V> flight, CompletableFuture<T> future) {
        LoadGraph.Run waiting = runtime.graph().current();
        if (waiting != null && !runtime.graph().begin(waiting, flight.run)) {
            throw cyclic(key);
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(key, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A flight never completes exceptionally", e);
        } finally {
            if (waiting != null) {
                runtime.graph().end(waiting, flight.run);
            }
        }
    }

    private CacheLoadInterruptedException interrupted(K key, Exception e) {
        return new CacheLoadInterruptedException(
                "Interrupted while cache '" + cache + "' loaded " + CacheKeys.shortened(key), e);
    }

    CyclicLoadException cyclic(K key) {
        return new CyclicLoadException("The load of " + CacheKeys.shortened(key) + " in cache '" + cache
                + "' would wait for itself; a loader may only ask for keys that don't need its own");
    }

    /** A read's answer. It counts before anybody learns of it, and is a miss unless something else was said before. */
    private final class Answer extends CompletableFuture<Optional<V>> {

        private final AtomicBoolean isCounted = new AtomicBoolean(!countsReads);

        void countAs(@Nullable Outcome<V> outcome) {
            if (isCounted.compareAndSet(false, true)) {
                count(outcome);
            }
        }

        /** To that of a read that takes its place. */
        void leaveCounting() {
            isCounted.set(true);
        }

        @Override
        public boolean complete(Optional<V> value) {
            countAs(null);
            return super.complete(value);
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            countAs(null);
            return super.completeExceptionally(failure);
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            countAs(null);
            return super.cancel(mayInterrupt);
        }
    }
}
