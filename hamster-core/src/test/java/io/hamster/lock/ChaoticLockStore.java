package io.hamster.lock;

import io.hamster.lock.FaultyLockStore.Passed;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A store behind a network that at random refuses, delays and repeats commands, and delays and loses answers. */
public final class ChaoticLockStore implements LockStore {

    private static final int FAULTS_IN = 30;

    private final LockStore store;
    private final ScheduledExecutorService scheduler;
    private final long longestDelayNanos;

    public ChaoticLockStore(LockStore store, ScheduledExecutorService scheduler, Duration longestDelay) {
        this.store = store;
        this.scheduler = scheduler;
        this.longestDelayNanos = longestDelay.toNanos();
    }

    private <T> CompletionStage<T> send(Supplier<CompletionStage<T>> command) {
        CompletableFuture<T> late = new CompletableFuture<>();
        switch (ThreadLocalRandom.current().nextInt(FAULTS_IN)) {
            case 0 -> late.completeExceptionally(new IllegalStateException("refused"));
            case 1 -> command.get();
            case 2 -> {
                command.get();
                late.completeExceptionally(new IllegalStateException("reset"));
            }
            case 3, 7, 8 -> {
                CompletionStage<T> answer = command.get();
                later(() -> answer.thenAccept(late::complete));
            }
            case 4 -> later(() -> command.get().thenAccept(late::complete));
            case 5 -> later(command);
            case 6 -> {
                command.get().thenAccept(late::complete);
                later(command);
            }
            default -> {
                return command.get();
            }
        }
        return late;
    }

    private void later(Supplier<?> work) {
        later(() -> {
            work.get();
        });
    }

    private void later(Runnable work) {
        long delay = ThreadLocalRandom.current().nextLong(longestDelayNanos);
        scheduler.schedule(work, delay, TimeUnit.NANOSECONDS);
    }

    @Override
    public CompletionStage<Answer> acquire(Ask ask) {
        return send(() -> store.acquire(ask));
    }

    @Override
    public CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch) {
        return send(() -> store.renew(batch));
    }

    @Override
    public CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone) {
        return send(() -> store.release(key, token, tombstone));
    }

    @Override
    public HandOver handOver(LockToken holder, Ask next) {
        CompletableFuture<Passed> both =
                send(() -> Passed.on(store, holder, next)).toCompletableFuture();
        return new HandOver(both.thenApply(Passed::released), both.thenApply(Passed::answer));
    }

    @Override
    public CompletionStage<Optional<LockStatus>> status(String key) {
        return send(() -> store.status(key));
    }

    @Override
    public CompletionStage<List<LockStatus>> list(int limit) {
        return send(() -> store.list(limit));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key) {
        return send(() -> store.forceRelease(key));
    }

    @Override
    public Registration listen(Wakeups wakeups) {
        return store.listen(wakeups);
    }

    @Override
    public boolean ordersWaiters() {
        return store.ordersWaiters();
    }

    @Override
    public void close() {
        store.close();
    }
}
