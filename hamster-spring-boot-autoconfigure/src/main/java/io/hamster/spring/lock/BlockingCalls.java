package io.hamster.spring.lock;

import io.hamster.lock.LockContext;
import io.hamster.lock.LockException;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import io.hamster.spring.lock.LockedMethod.Needs;
import io.hamster.spring.lock.LockedMethod.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Calls of methods whose work has ended when they return. Everything happens on the calling thread. */
final class BlockingCalls {

    private final Transactions transactions;

    BlockingCalls(Transactions transactions) {
        this.transactions = transactions;
    }

    @Nullable
    Object call(LockRuntime runtime, LockedMethod locked, MethodInvocation invocation, Object target) throws Throwable {
        List<Wanted> wanted = locked.wanted(target, invocation.getArguments());
        Optional<Transactions.Running> transaction = transactions.current();
        List<HeldLock> kept = List.of();
        if (transaction.isPresent()) {
            Needs needs = locked.needs(wanted, transaction.get());
            wanted = needs.missing();
            kept = needs.kept();
        }
        List<HeldLock> acquired = new ArrayList<>(wanted.size());
        long began = runtime.time().nanoTime();
        for (Wanted one : wanted) {
            try {
                LockRequest request = runtime.request(one, began);
                acquired.add(new HeldLock(runtime.client().lock(request)));
            } catch (LockNotAcquiredException e) {
                new HeldLocks(acquired).release().join();
                if (Refusals.answers(one.lock(), e)) {
                    return Refusals.answer(one.lock(), locked.method(), target, invocation.getArguments(), e);
                }
                throw e;
            } catch (Throwable e) {
                new HeldLocks(acquired).release().join();
                throw e;
            }
        }
        HeldLocks held = new HeldLocks(acquired, kept);
        return transaction.isPresent()
                ? runWithin(transaction.get(), locked, invocation, held)
                : run(locked, invocation, held);
    }

    private static @Nullable Object run(LockedMethod locked, MethodInvocation invocation, HeldLocks held)
            throws Throwable {
        Object result;
        try {
            result = proceed(locked, invocation, held);
        } catch (Throwable e) {
            held.release().join();
            throw e;
        }
        Optional<LockException> loss = held.release().join();
        if (loss.isPresent()) {
            throw loss.get();
        }
        return result;
    }

    private static @Nullable Object runWithin(
            Transactions.Running transaction, LockedMethod locked, MethodInvocation invocation, HeldLocks held)
            throws Throwable {
        CompletableFuture<HeldLocks> whenWorkEnds = new CompletableFuture<>();
        if (!held.isEmpty()) {
            try {
                transaction.keep(whenWorkEnds);
            } catch (RuntimeException e) {
                held.release().join();
                throw e;
            }
        }
        try {
            Object result = proceed(locked, invocation, held);
            held.assertHeld();
            return result;
        } finally {
            whenWorkEnds.complete(held);
        }
    }

    private static @Nullable Object proceed(LockedMethod locked, MethodInvocation invocation, HeldLocks held)
            throws Throwable {
        // The first may have ended while the call waited for the last.
        held.assertHeld();
        if (!locked.interrupts()) {
            return invoke(invocation, held);
        }
        LostInterrupt interrupt = new LostInterrupt(Thread.currentThread());
        held.onLost(interrupt::lost);
        Object result;
        try {
            result = invoke(invocation, held);
        } catch (Throwable e) {
            if (interrupt.end()) {
                throw lossBehind(e, held);
            }
            throw e;
        }
        interrupt.end();
        return result;
    }

    private static @Nullable Object invoke(MethodInvocation invocation, HeldLocks held) throws Throwable {
        Optional<LockHandle> hidden = held.hidden();
        return hidden.isEmpty()
                ? ended(invocation.proceed())
                : LockContext.capture().callHolding(hidden.get(), () -> ended(FutureCalls.proceed(invocation)));
    }

    /** What was returned, once the work behind it has ended: a future of an {@code @Async} method, or an undeclared one. */
    private static @Nullable Object ended(@Nullable Object result) {
        if (!(result instanceof Future<?> future)) {
            return result;
        }
        boolean interrupted = false;
        while (!future.isDone()) {
            try {
                future.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | CancellationException e) {
                // The caller learns that from the future.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result;
    }

    /** The method gave up because it was interrupted: the reason for that is what its caller has to know. */
    private static Throwable lossBehind(Throwable failure, HeldLocks held) {
        try {
            held.assertHeld();
            return failure;
        } catch (LockException loss) {
            loss.addSuppressed(failure);
            return loss;
        }
    }
}
