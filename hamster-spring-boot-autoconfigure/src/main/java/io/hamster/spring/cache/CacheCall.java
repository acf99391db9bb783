package io.hamster.spring.cache;

import io.hamster.cache.CacheLoader;
import io.hamster.cache.EntryOptions;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;

/**
 * A call of an advised method: what expressions are evaluated over, and for a cache both the loader and the options of
 * what was loaded. One object for all of that, because most calls are hits and need no more than that.
 */
final class CacheCall implements CacheLoader<Object, Object>, Function<Optional<Object>, EntryOptions> {

    private final MethodPlan plan;
    private final MethodInvocation invocation;
    private final Object target;
    private final @Nullable Object[] arguments;

    CacheCall(MethodPlan plan, MethodInvocation invocation, Object target) {
        this.plan = plan;
        this.invocation = invocation;
        this.target = target;
        this.arguments = invocation.getArguments();
    }

    MethodPlan plan() {
        return plan;
    }

    Method method() {
        return invocation.getMethod();
    }

    /** The object that the method is called on. */
    Object target() {
        return target;
    }

    @Nullable
    Object[] arguments() {
        return arguments;
    }

    /**
     * Whether the transaction in progress is the caller's, of which the method is no part: its own, if it has one, is yet to
     * begin. Needs Spring's transactions.
     */
    boolean isApartFromCaller() {
        return SeparateTransactions.isApart(invocation, target.getClass(), plan.isApart());
    }

    /** Goes on with the call as it came. */
    @Nullable
    Object proceed() throws Throwable {
        return invocation.proceed();
    }

    /**
     * Runs the method; on any thread, also after the caller has its answer. Aspects further in look for the call on their
     * thread, where only the proxy's first interceptor leaves it.
     */
    @Nullable
    Object run() throws Exception {
        MethodInvocation own =
                invocation instanceof ProxyMethodInvocation proxied ? proxied.invocableClone() : invocation;
        try {
            return ExposeInvocationInterceptor.INSTANCE.invoke(own);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UndeclaredThrowableException(e);
        }
    }

    @Override
    public @Nullable Object load(Object key) throws Exception {
        Object returned = run();
        return plan.shape() == ReturnShape.OPTIONAL ? content(returned) : returned;
    }

    @Override
    public EntryOptions apply(Optional<Object> loaded) {
        CachedOperation cached =
                Objects.requireNonNull(plan.cached(), "nothing is loaded for a method without @Cached");
        return cached.options(this, loaded.orElse(null));
    }

    static @Nullable Object content(@Nullable Object optional) {
        return optional == null ? null : ((Optional<?>) optional).orElse(null);
    }
}
