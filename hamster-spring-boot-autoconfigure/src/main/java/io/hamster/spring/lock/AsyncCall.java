package io.hamster.spring.lock;

import io.hamster.lock.LockContext;
import io.hamster.lock.LockException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.lock.AsyncAcquisition.Outcome;
import io.hamster.spring.lock.LockedMethod.Needs;
import io.hamster.spring.lock.LockedMethod.Wanted;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call whose work ends later than the method returns. The method itself is called when the locks are held, on one of
 * Hamster's threads, with the caller's context. A transaction of the caller belongs to his thread: the method isn't in it,
 * although its locks are kept until that transaction has ended.
 *
 * <p>The locks are released when the work's own stage has completed, and before the caller is told, on one of Hamster's
 * threads again if the store's answer had to be waited for: what he does then may block. A stage that was
 * cancelled says nothing about its work, and a caller who cancels, or completes the future himself, doesn't know either:
 * from then on the locks aren't renewed beyond their {@code atLeastFor}, and they run out unless the work is seen to end
 * before.
 */
final class AsyncCall {

    /** What a call can come to. Each makes a stage of what it calls; none if that returned null. */
    interface Work {

        /** Calls the method. */
        @Nullable
        CompletionStage<?> begin() throws Exception;

        /** Answers a call whose lock another owner keeps. */
        @Nullable
        CompletionStage<?> refused(LockSpec lock, LockNotAcquiredException failure) throws Exception;
    }

    private static final long PAUSE_WITHOUT_THREADS = 100;

    private final Work work;
    private final boolean keptByTransaction;
    private final HamsterExecutors executors;
    private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
    private final CompletableFuture<HeldLocks> whenWorkEnds = new CompletableFuture<>();
    private volatile boolean settled;
    private volatile @Nullable HeldLocks held;
    private volatile @Nullable CompletionStage<?> stage;

    private AsyncCall(Work work, boolean keptByTransaction, HamsterExecutors executors) {
        this.work = work;
        this.keptByTransaction = keptByTransaction;
        this.executors = executors;
    }

    /**
     * Begins a call, on the caller's thread.
     *
     * @return what the caller gets
     */
    static CompletableFuture<@Nullable Object> start(
            LockRuntime runtime, LockedMethod locked, List<Wanted> all, Transactions transactions, Work work) {
        Optional<Transactions.Running> transaction = transactions.current();
        Needs needs = transaction.isPresent() ? locked.needs(all, transaction.get()) : new Needs(all, List.of());
        AsyncCall call = new AsyncCall(work, transaction.isPresent(), runtime.executors());
        if (transaction.isPresent() && !needs.missing().isEmpty()) {
            transaction.get().keep(call.whenWorkEnds);
        }
        CompletableFuture<Outcome> acquisition = AsyncAcquisition.start(runtime, needs);
        call.result.whenComplete((value, failure) -> {
            acquisition.cancel(false);
            call.abandonUnlessSettled();
        });
        // The context is taken here: the thread that the answer comes on may be another caller's.
        Runnable go = runtime.executors().carrying(() -> call.onOutcome(acquisition.join()));
        acquisition.thenRun(() -> execute(call.executors, go));
        return call.result;
    }

    private static void execute(HamsterExecutors executors, Runnable task) {
        try {
            try {
                executors.contextFreeExecutor().execute(task);
            } catch (OutOfMemoryError e) {
                // No thread at present. On this one the method could hold up the answers or renewals of all locks.
                executors
                        .scheduler()
                        .schedule(() -> execute(executors, task), PAUSE_WITHOUT_THREADS, TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException e) {
            // The application is closing: a call that fails late is better than one that never ends.
            task.run();
        }
    }

    private void onOutcome(Outcome outcome) {
        if (outcome instanceof Outcome.Acquired acquired) {
            HeldLocks locks = acquired.locks();
            held = locks;
            if (result.isDone()) {
                locks.release();
            } else {
                follow(() -> begin(locks), locks);
            }
        } else if (outcome instanceof Outcome.Failed failed) {
            if (failed.failure() instanceof LockNotAcquiredException reason
                    && Refusals.answers(failed.lock(), reason)) {
                follow(() -> work.refused(failed.lock(), reason), null);
            } else {
                settle(null, failed.failure());
            }
        }
    }

    private @Nullable CompletionStage<?> begin(HeldLocks locks) throws Exception {
        // One may have ended while the call waited for another, or for a thread.
        locks.assertHeld();
        return LockContext.of(locks.handles()).<@Nullable CompletionStage<?>>call(work::begin);
    }

    private void follow(Callable<? extends @Nullable CompletionStage<?>> begin, @Nullable HeldLocks locks) {
        CompletionStage<?> begun;
        try {
            begun = begin.call();
        } catch (Throwable e) {
            ended(locks, null, e);
            return;
        }
        if (begun == null) {
            ended(locks, null, null);
            return;
        }
        stage = begun;
        if (result.isCancelled()) {
            cancel(begun);
        }
        begun.whenComplete((value, failure) -> ended(locks, value, failure));
    }

    private void ended(@Nullable HeldLocks locks, @Nullable Object value, @Nullable Throwable failure) {
        if (locks == null) {
            settle(value, failure);
        } else if (isCancellation(failure)) {
            locks.lapse();
            settle(value, failure);
        } else if (keptByTransaction) {
            whenWorkEnds.complete(locks);
            settle(value, failure == null ? loss(locks) : failure);
        } else {
            CompletableFuture<Optional<LockException>> released = locks.release();
            if (released.isDone()) {
                settleReleased(value, failure, released.join());
            } else {
                // That may be on the thread that all the store's answers come on, which isn't the caller's to hold up.
                released.thenAccept(loss -> execute(executors, () -> settleReleased(value, failure, loss)));
            }
        }
    }

    private void settleReleased(@Nullable Object value, @Nullable Throwable failure, Optional<LockException> loss) {
        settle(value, failure == null ? loss.orElse(null) : failure);
    }

    private static @Nullable LockException loss(HeldLocks locks) {
        try {
            locks.assertHeld();
            return null;
        } catch (LockException e) {
            return e;
        }
    }

    private static boolean isCancellation(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof CancellationException;
    }

    private void settle(@Nullable Object value, @Nullable Throwable failure) {
        settled = true;
        if (failure == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private void abandonUnlessSettled() {
        HeldLocks locks = held;
        if (settled || locks == null) {
            return;
        }
        locks.lapse();
        CompletionStage<?> begun = stage;
        if (begun != null && result.isCancelled()) {
            cancel(begun);
        }
    }

    private static void cancel(CompletionStage<?> stage) {
        if (stage instanceof Future<?> future) {
            future.cancel(true);
        }
    }
}
