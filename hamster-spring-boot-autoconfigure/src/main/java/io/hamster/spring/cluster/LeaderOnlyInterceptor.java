package io.hamster.spring.cluster;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;

/** Runs a method on the leader and skips it elsewhere. */
final class LeaderOnlyInterceptor implements MethodInterceptor {

    private static final Logger logger = LoggerFactory.getLogger(LeaderOnlyInterceptor.class);

    private final Supplier<LeaderWork> work;
    private final Supplier<List<SkippedCalls>> skipped;

    /** Takes suppliers, because advisors are made before the beans that they need may be. */
    LeaderOnlyInterceptor(Supplier<LeaderWork> work, Supplier<List<SkippedCalls>> skipped) {
        this.work = work;
        this.skipped = skipped;
    }

    /** Told of each call that was skipped, by {@code Type.method}. */
    @FunctionalInterface
    interface SkippedCalls extends Consumer<String> {}

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Method method = invocation.getMethod();
        String name = name(invocation, method);
        Optional<LeaderWork.Call> begun = work.get().begin(name);
        if (begun.isEmpty()) {
            logger.debug("{} is skipped: this node doesn't lead", name);
            skipped.get().forEach(each -> each.accept(name));
            return SkippedResult.of(method.getReturnType());
        }
        LeaderWork.Call call = begun.get();
        try {
            return invocation.proceed();
        } finally {
            call.close();
        }
    }

    private static String name(MethodInvocation invocation, Method method) {
        Object target = invocation.getThis();
        Class<?> type = target == null ? method.getDeclaringClass() : ClassUtils.getUserClass(target);
        return type.getSimpleName() + "." + method.getName();
    }
}
