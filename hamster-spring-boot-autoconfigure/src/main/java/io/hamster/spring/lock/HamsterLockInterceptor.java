package io.hamster.spring.lock;

import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/** The advice behind {@code @HamsterLocked}: sends each call the way of its method's return type. */
final class HamsterLockInterceptor implements MethodInterceptor {

    private final LockedMethods methods;
    private final Supplier<LockRuntime> runtime;
    private final Transactions transactions;
    private final BlockingCalls blocking;
    private final FutureCalls futures;

    HamsterLockInterceptor(LockedMethods methods, Supplier<LockRuntime> runtime, Transactions transactions) {
        this.methods = methods;
        this.runtime = runtime;
        this.transactions = transactions;
        this.blocking = new BlockingCalls(transactions);
        this.futures = new FutureCalls(transactions);
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        if (target == null) {
            throw new IllegalStateException(
                    invocation.getMethod() + " has @HamsterLocked, but there is no bean behind it");
        }
        LockedMethod locked = methods.get(invocation.getMethod(), AopUtils.getTargetClass(target));
        return switch (locked.returns()) {
            case AT_ONCE -> blocking.call(runtime.get(), locked, invocation, target);
            case FUTURE -> futures.call(runtime.get(), locked, invocation, target);
            case MONO -> Reactive.call(runtime.get(), locked, invocation, target, transactions);
        };
    }

    /** Loaded with the first {@code Mono}, so that Reactor may be absent. */
    private static final class Reactive {

        private static Object call(
                LockRuntime runtime,
                LockedMethod locked,
                MethodInvocation invocation,
                Object target,
                Transactions transactions) {
            return new MonoCalls(transactions).call(runtime, locked, invocation, target);
        }
    }
}
