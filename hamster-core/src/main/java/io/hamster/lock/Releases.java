package io.hamster.lock;

import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.HandOver;
import io.hamster.lock.LockStore.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** How locks are let go: passed on to who waits in this JVM, released, kept for a while, or buried. */
final class Releases {

    private final LockEngine engine;
    private final LockStore store;

    Releases(LockEngine engine, LockStore store) {
        this.engine = engine;
        this.store = store;
    }

    /** Releases a live lock on behalf of its holder, or leaves it to run out if it must be kept for longer. */
    CompletableFuture<Void> release(DefaultLockHandle handle, long heldNanos) {
        String key = handle.key();
        engine.counters().released(key, heldNanos);
        engine.waiters().releasing(handle);
        long keep = handle.keepNanos(heldNanos);
        // A request that may still arrive must be buried with its lock, and one to be kept isn't let go.
        Acquisition next =
                keep > 0 || handle.ambiguous() ? null : engine.waiters().successor(key);
        Supplier<CompletionStage<Boolean>> alone = ending(handle, keep);
        CompletableFuture<Boolean> answer =
                engine.calls().bounded(next == null ? alone : () -> next.takeOver(handle.lockToken()));
        if (keep > 0 && handle.ambiguous()) {
            buryAfter(handle, keep);
        }
        if (next == null) {
            // The next waiter asks right behind the release, on the same connection, without waiting for its answer.
            engine.waiters().released(key);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally() && answer.join()) {
            return CompletableFuture.completedFuture(null);
        }
        return answer.handle((held, failure) -> {
            if (failure != null) {
                inBackground(handle, alone);
                throw new LockUnavailableException(
                        key,
                        "may not be released yet: its store didn't answer; this is tried again, and its lease runs out"
                                + " in any case",
                        StoreCalls.unwrapped(failure));
            }
            if (!held) {
                throw new LockLostException(key);
            }
            return null;
        });
    }

    /** Passes a lock on to a waiter of this JVM; what the store throws in spite of its contract is its answer. */
    HandOver handOver(LockToken holder, DefaultLockHandle next) {
        try {
            return store.handOver(holder, engine.askFor(next, Duration.ZERO));
        } catch (RuntimeException e) {
            return new HandOver(CompletableFuture.failedFuture(e), CompletableFuture.failedFuture(e));
        }
    }

    /** Lets a live lock go when its client is closed: nobody takes it over then. */
    CompletableFuture<Boolean> last(DefaultLockHandle handle) {
        return engine.calls().bounded(ending(handle, handle.keepNanos(handle.heldNanos())));
    }

    /** Releases what a request may have or get at the store, though nobody awaits it any more. */
    void inBackground(DefaultLockHandle handle) {
        inBackground(handle, released(handle));
    }

    /** Releases what a lock that ended by itself may have or get at the store, at once or when it needn't be kept. */
    void afterLoss(DefaultLockHandle handle, boolean keeps) {
        long keep = keeps ? handle.keepNanos(handle.heldNanos()) : 0;
        if (keep > 0) {
            buryAfter(handle, keep);
        } else {
            inBackground(handle);
        }
    }

    private void inBackground(DefaultLockHandle handle, Supplier<? extends CompletionStage<Boolean>> command) {
        inBackground(handle, command, engine.clock().now());
    }

    /** Buries a request that may still arrive, once its lock needn't be kept any more: a tombstone ends the lock. */
    private void buryAfter(DefaultLockHandle handle, long keepNanos) {
        inBackground(handle, released(handle), engine.clock().now() + keepNanos);
    }

    private void inBackground(
            DefaultLockHandle handle, Supplier<? extends CompletionStage<Boolean>> command, long from) {
        long until = from + tombstone(handle.request()).toNanos();
        new BackgroundCommand(engine, handle.key(), command, from, until, handle.spread()).run();
    }

    private Supplier<CompletionStage<Boolean>> ending(DefaultLockHandle handle, long keepNanos) {
        return keepNanos > 0 ? keptFor(handle, Duration.ofNanos(keepNanos)) : released(handle);
    }

    private Supplier<CompletionStage<Boolean>> released(DefaultLockHandle handle) {
        Duration tombstone = handle.ambiguous() ? tombstone(handle.request()) : Duration.ZERO;
        return () -> store.release(handle.key(), handle.lockToken(), tombstone);
    }

    private Supplier<CompletionStage<Boolean>> keptFor(DefaultLockHandle handle, Duration time) {
        Extension extension = new Extension(handle.key(), handle.lockToken(), time);
        return () -> store.renew(List.of(extension)).thenApply(answers -> {
            Renewal answer = answers.get(handle.lockToken());
            if (answer == null || answer instanceof Renewal.Unknown) {
                throw new IllegalStateException("the store couldn't tell");
            }
            return answer instanceof Renewal.Renewed;
        });
    }

    /** How long a request that was given up may still be on its way or in force. */
    private Duration tombstone(LockRequest request) {
        return request.lease().plus(engine.settings().commandTimeout());
    }
}
