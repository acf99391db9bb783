package io.hamster.spring.lock;

import io.hamster.lock.LockNotAcquiredException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** Calls of methods that return a {@code CompletableFuture} or a {@code CompletionStage}. */
final class FutureCalls {

    private final Transactions transactions;

    FutureCalls(Transactions transactions) {
        this.transactions = transactions;
    }

    CompletableFuture<@Nullable Object> call(
            LockRuntime runtime, LockedMethod locked, MethodInvocation invocation, Object target) {
        MethodInvocation own = copyOf(invocation);
        return AsyncCall.start(
                runtime,
                locked,
                locked.wanted(target, invocation.getArguments()),
                transactions,
                new FutureWork(own, locked, target));
    }

    /** An invocation can proceed once, and only while its proxy call is under way unless it is copied. */
    static MethodInvocation copyOf(MethodInvocation invocation) {
        return invocation instanceof ProxyMethodInvocation proxied ? proxied.invocableClone() : invocation;
    }

    static @Nullable Object proceed(MethodInvocation invocation) throws Exception {
        try {
            return invocation.proceed();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UndeclaredThrowableException(e);
        }
    }

    static @Nullable Object answer(
            LockSpec lock, LockedMethod locked, Object target, MethodInvocation invocation, LockNotAcquiredException e)
            throws Exception {
        try {
            return Refusals.answer(lock, locked.method(), target, invocation.getArguments(), e);
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new UndeclaredThrowableException(failure);
        }
    }

    private record FutureWork(MethodInvocation invocation, LockedMethod locked, Object target)
            implements AsyncCall.Work {

        @Override
        public @Nullable CompletionStage<?> begin() throws Exception {
            return (CompletionStage<?>) proceed(invocation);
        }

        @Override
        public @Nullable CompletionStage<?> refused(LockSpec lock, LockNotAcquiredException failure) throws Exception {
            return (CompletionStage<?>) answer(lock, locked, target, invocation, failure);
        }
    }
}
