package io.hamster.spring.lock;

import io.hamster.lock.LockException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.spring.lock.LockedMethod.Wanted;
import java.util.List;
import java.util.Optional;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls of methods whose work has ended when they return. Everything happens on the calling thread. */
final class BlockingCalls {

    private static final Logger LOG = LoggerFactory.getLogger(BlockingCalls.class);

    private final Transactions transactions;

    BlockingCalls(Transactions transactions) {
        this.transactions = transactions;
    }

    @Nullable
    Object call(LockRuntime runtime, LockedMethod locked, MethodInvocation invocation, Object target) throws Throwable {
        Optional<Transactions.Running> transaction = transactions.current();
        List<Wanted> wanted = locked.wanted(target, invocation.getArguments());
        if (transaction.isPresent()) {
            warnOnce(locked);
            wanted = wanted.stream()
                    .filter(one -> !transaction.get().covers(one.key()))
                    .toList();
        }
        HeldLocks held = new HeldLocks();
        long began = runtime.time().nanoTime();
        for (Wanted one : wanted) {
            try {
                held.add(runtime.client().lock(runtime.request(one, began)));
            } catch (LockNotAcquiredException e) {
                held.release().join();
                if (Refusals.answers(one.lock(), e)) {
                    return Refusals.answer(one.lock(), locked.method(), target, invocation.getArguments(), e);
                }
                throw e;
            } catch (Throwable e) {
                held.release().join();
                throw e;
            }
        }
        held.loseTogether();
        return transaction.isPresent()
                ? runInside(transaction.get(), locked, invocation, held)
                : run(locked, invocation, held);
    }

    static void warnOnce(LockedMethod locked) {
        if (locked.firstWarning()) {
            LOG.warn(
                    "{} takes its lock inside a transaction that was running already: the lock is held until that"
                            + " transaction ends, because others would otherwise read what is not committed yet. Begin"
                            + " the transaction inside the lock (@Transactional on the same method, no transaction"
                            + " around the call)",
                    locked.method());
        }
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

    private static @Nullable Object runInside(
            Transactions.Running transaction, LockedMethod locked, MethodInvocation invocation, HeldLocks held)
            throws Throwable {
        Transactions.Hold hold;
        try {
            hold = transaction.keep(held);
        } catch (RuntimeException e) {
            held.release().join();
            throw e;
        }
        try {
            Object result = proceed(locked, invocation, held);
            held.assertHeld();
            return result;
        } finally {
            hold.returned();
        }
    }

    private static @Nullable Object proceed(LockedMethod locked, MethodInvocation invocation, HeldLocks held)
            throws Throwable {
        if (!locked.interrupts()) {
            return invocation.proceed();
        }
        LostInterrupt interrupt = new LostInterrupt(Thread.currentThread());
        held.handles().forEach(handle -> handle.onLost(lost -> interrupt.lost()));
        Object result;
        try {
            result = invocation.proceed();
        } catch (Throwable e) {
            if (interrupt.end()) {
                throw lossBehind(e, held);
            }
            throw e;
        }
        interrupt.end();
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
