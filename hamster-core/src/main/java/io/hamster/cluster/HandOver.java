package io.hamster.cluster;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resigning while the cluster goes on: first this node no longer leads, then its trackers stop, then the elector may
 * let another lead. Blocks no thread; each of the two waits is bounded.
 */
final class HandOver {

    private static final Logger log = LoggerFactory.getLogger(HandOver.class);

    private final RoleMachine roles;
    private final Audience audience;
    private final Elector elector;
    private final Threads threads;
    private final Duration stopTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable CompletableFuture<Boolean> underWay;

    HandOver(RoleMachine roles, Audience audience, Elector elector, Threads threads, Duration stopTimeout) {
        this.roles = roles;
        this.audience = audience;
        this.elector = elector;
        this.threads = threads;
        this.stopTimeout = stopTimeout;
    }

    CompletableFuture<Boolean> begin(boolean forGood) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        CompletableFuture<Boolean> before;
        lock.lock();
        try {
            before = underWay;
            if (before == null) {
                underWay = result;
            }
        } finally {
            lock.unlock();
        }
        if (before != null) {
            return forGood ? before.handle((done, error) -> done).thenCompose(done -> begin(true)) : before.copy();
        }
        boolean led = roles.handOver(forGood);
        if (!led && !forGood) {
            finish(result, false, null);
            return result.copy();
        }
        bounded(audience.trackersIdle(false))
                .handle((idle, error) -> error == null && audience.haveTrackersStopped())
                .thenCompose(stopped -> resign(stopped, forGood))
                .whenComplete((done, error) -> finish(result, led, error));
        return result.copy();
    }

    /** Completes once none is under way. */
    CompletableFuture<?> ended() {
        lock.lock();
        try {
            return underWay == null ? CompletableFuture.completedFuture(null) : underWay;
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Void> resign(boolean stopped, boolean forGood) {
        if (!stopped) {
            log.warn(
                    "Job trackers {} didn't stop within {}; interrupted, leadership runs out",
                    audience.interruptTrackers(),
                    stopTimeout);
        }
        return bounded(elector.resign(stopped, forGood).toCompletableFuture());
    }

    private void finish(CompletableFuture<Boolean> result, boolean led, @Nullable Throwable error) {
        lock.lock();
        try {
            underWay = null;
        } finally {
            lock.unlock();
        }
        roles.handedOver();
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        threads.run(() -> {
            if (cause == null) {
                result.complete(led);
            } else {
                result.completeExceptionally(cause);
            }
        });
    }

    private <T> CompletableFuture<T> bounded(CompletableFuture<T> wait) {
        CompletableFuture<T> bounded = wait.copy();
        try {
            Runnable cancel = threads.schedule(
                    () -> bounded.completeExceptionally(new TimeoutException("not within " + stopTimeout)),
                    stopTimeout);
            bounded.whenComplete((done, error) -> cancel.run());
        } catch (RejectedExecutionException e) {
            bounded.completeExceptionally(e);
        }
        return bounded;
    }
}
