package io.hamster.spring.lock;

import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.spring.lock.LockedMethod.Needs;
import io.hamster.spring.lock.LockedMethod.Wanted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Acquires a call's locks one after the other, without a thread that waits. */
final class AsyncAcquisition {

    /** How it ended. */
    sealed interface Outcome {

        /** All are held. */
        record Acquired(HeldLocks locks) implements Outcome {}

        /** One couldn't be had; those acquired before it are released. */
        record Failed(LockSpec lock, Throwable failure) implements Outcome {}
    }

    private final LockRuntime runtime;
    private final Iterator<Wanted> wanted;
    private final List<HeldLock> kept;
    private final List<HeldLock> acquired = new ArrayList<>(1);
    private final CompletableFuture<Outcome> result = new CompletableFuture<>();
    private final long began;
    private volatile @Nullable CompletableFuture<LockHandle> asked;

    private AsyncAcquisition(LockRuntime runtime, Needs needs) {
        this.runtime = runtime;
        this.wanted = needs.missing().iterator();
        this.kept = needs.kept();
        this.began = runtime.time().nanoTime();
    }

    /**
     * Begins to acquire.
     *
     * @return completes normally, whatever the outcome. Cancelling it withdraws the requests and releases the locks
     */
    static CompletableFuture<Outcome> start(LockRuntime runtime, Needs needs) {
        AsyncAcquisition acquisition = new AsyncAcquisition(runtime, needs);
        acquisition.result.whenComplete((outcome, cancelled) -> acquisition.cancelAsked());
        acquisition.askNext();
        return acquisition.result;
    }

    private void cancelAsked() {
        CompletableFuture<LockHandle> current = asked;
        if (current != null) {
            current.cancel(false);
        }
    }

    private void askNext() {
        boolean answered = true;
        while (answered && wanted.hasNext()) {
            Wanted next = wanted.next();
            LockRequest request;
            try {
                request = runtime.request(next, began);
            } catch (RuntimeException e) {
                failed(next.lock(), e);
                return;
            }
            CompletableFuture<LockHandle> answer = runtime.client().lockAsync(request);
            asked = answer;
            if (result.isDone()) {
                answer.cancel(false);
            }
            answered = answer.isDone() && !answer.isCompletedExceptionally();
            if (answered) {
                acquired.add(new HeldLock(answer.join()));
            } else {
                answer.whenComplete((handle, failure) -> onAnswer(next, handle, failure));
                return;
            }
        }
        HeldLocks locks = new HeldLocks(acquired, kept);
        if (!result.complete(new Outcome.Acquired(locks))) {
            locks.release();
        }
    }

    private void onAnswer(Wanted one, @Nullable LockHandle handle, @Nullable Throwable failure) {
        if (handle != null) {
            acquired.add(new HeldLock(handle));
            askNext();
        } else if (failure != null) {
            failed(
                    one.lock(),
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
        }
    }

    private void failed(LockSpec lock, Throwable failure) {
        new HeldLocks(acquired).release().thenRun(() -> result.complete(new Outcome.Failed(lock, failure)));
    }
}
