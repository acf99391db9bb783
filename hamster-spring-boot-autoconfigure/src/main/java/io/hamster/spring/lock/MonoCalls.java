package io.hamster.spring.lock;

import io.hamster.lock.LockContext;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockNotAcquiredException;
import java.util.concurrent.CompletionStage;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Calls of methods that return a {@code Mono}: each subscription is a call of its own. */
final class MonoCalls {

    private final Transactions transactions;

    MonoCalls(Transactions transactions) {
        this.transactions = transactions;
    }

    Mono<Object> call(LockRuntime runtime, LockedMethod locked, MethodInvocation invocation, Object target) {
        // Copied once while the proxy call is under way, and again for each subscription.
        MethodInvocation own = FutureCalls.copyOf(invocation);
        return Mono.deferContextual(subscriber -> Mono.fromFuture(() -> AsyncCall.start(
                runtime,
                locked,
                locked.wanted(target, own.getArguments()),
                transactions,
                new MonoWork(FutureCalls.copyOf(own), locked, target, subscriber))));
    }

    private record MonoWork(MethodInvocation invocation, LockedMethod locked, Object target, ContextView subscriber)
            implements AsyncCall.Work {

        @Override
        public @Nullable CompletionStage<?> begin() throws Exception {
            // The subscriber's context may hold the handle of a lock around this one.
            Context context = Context.of(subscriber);
            Context own = LockContext.current()
                    .map(handle -> context.put(LockHandle.class, handle))
                    .orElse(context);
            return subscribed((Mono<?>) FutureCalls.proceed(invocation), own);
        }

        @Override
        public @Nullable CompletionStage<?> refused(LockSpec lock, LockNotAcquiredException failure) throws Exception {
            Mono<?> answer = lock.fallback() == null
                    ? Mono.empty()
                    : (Mono<?>) FutureCalls.answer(lock, locked, target, invocation, failure);
            return subscribed(answer, subscriber);
        }

        private static @Nullable CompletionStage<?> subscribed(@Nullable Mono<?> mono, ContextView context) {
            return mono == null ? null : mono.contextWrite(context).toFuture();
        }
    }
}
