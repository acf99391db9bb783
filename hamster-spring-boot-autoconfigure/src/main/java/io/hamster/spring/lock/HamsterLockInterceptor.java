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
    private final BlockingCalls blocking;

    HamsterLockInterceptor(LockedMethods methods, Supplier<LockRuntime> runtime, Transactions transactions) {
        this.methods = methods;
        this.runtime = runtime;
        this.blocking = new BlockingCalls(transactions);
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        if (target == null) {
            throw new IllegalStateException(
                    invocation.getMethod() + " has @HamsterLocked, but there is no bean behind it");
        }
        LockedMethod locked = methods.get(invocation.getMethod(), AopUtils.getTargetClass(target));
        return blocking.call(runtime.get(), locked, invocation, target);
    }
}
