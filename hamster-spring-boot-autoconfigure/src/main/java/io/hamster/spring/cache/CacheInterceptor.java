package io.hamster.spring.cache;

import io.hamster.cache.CacheLoadException;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.HamsterCache;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** Does what the cache annotations of a method say. */
final class CacheInterceptor implements MethodInterceptor {

    private final CacheMethods methods;
    private final CacheTransactions transactions;
    private final @Nullable Monos monos;

    CacheInterceptor(CacheMethods methods, CacheTransactions transactions) {
        this.methods = methods;
        this.transactions = transactions;
        this.monos = ReturnShape.REACTOR ? Monos.create(transactions.changes()) : null;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        CacheCall call = new CacheCall(invocation);
        MethodPlan plan = methods.plan(invocation.getMethod(), call.target().getClass());
        return plan.changesCaches() ? change(plan, call, invocation) : read(plan, call, invocation);
    }

    private @Nullable Object read(MethodPlan plan, CacheCall call, MethodInvocation invocation) throws Throwable {
        CachedOperation cached = plan.cached();
        if (cached == null || !cached.applies(call)) {
            return invocation.proceed();
        }
        HamsterCache<Object, Object> cache = cached.cache();
        Object key = cached.key(call);
        if (transactions.hasTouched(cache, key)) {
            return invocation.proceed();
        }
        return switch (plan.shape()) {
            case STAGE -> Stages.content(cache.composeAsync(key, k -> stage(invocation), cached.options(call)));
            case MONO -> monos().reading(cache, key, () -> run(invocation), cached.options(call));
            case OPTIONAL -> get(cached, cache, key, call, invocation, k -> content(run(invocation)));
            default ->
                get(cached, cache, key, call, invocation, k -> run(invocation)).orElse(null);
        };
    }

    private static CompletionStage<?> stage(MethodInvocation invocation) throws Exception {
        return Objects.requireNonNull(
                (CompletionStage<?>) run(invocation),
                () -> invocation.getMethod() + " returned null instead of a future");
    }

    private static Optional<Object> get(
            CachedOperation cached,
            HamsterCache<Object, Object> cache,
            Object key,
            CacheCall call,
            MethodInvocation invocation,
            CacheLoader<Object, Object> loader)
            throws Throwable {
        try {
            EntryRule entry = cached.entry();
            return entry.isFixed()
                    ? cache.get(key, loader, entry.options())
                    : cache.get(key, loader, cached.options(call));
        } catch (CacheLoadException e) {
            throw declared(e, invocation);
        }
    }

    private Monos monos() {
        return Objects.requireNonNull(monos, "no method returns a Mono without Reactor");
    }

    private static @Nullable Object content(@Nullable Object optional) {
        return optional == null ? null : ((Optional<?>) optional).orElse(null);
    }

    /** The method's own checked exception, which the cache had to wrap. */
    private static Throwable declared(CacheLoadException failure, MethodInvocation invocation) {
        Throwable cause = failure.getCause();
        if (cause instanceof Exception && !(cause instanceof RuntimeException)) {
            for (Class<?> type : invocation.getMethod().getExceptionTypes()) {
                if (type.isInstance(cause)) {
                    return cause;
                }
            }
        }
        return failure;
    }

    private @Nullable Object change(MethodPlan plan, CacheCall call, MethodInvocation invocation) throws Throwable {
        Optional<CacheTransactions.Pending> pending = transactions.pending();
        for (InvalidateOperation drop : plan.invalidations()) {
            if (drop.before()) {
                drop.change(call, null).ifPresent(transactions.changes()::make);
            }
        }
        Object returned = read(plan, call, invocation);
        if (returned == null) {
            make(plan, call, null, pending);
            return null;
        }
        switch (plan.shape()) {
            case STAGE -> {
                return Stages.then((CompletionStage<?>) returned, value -> makeAsync(plan, call, value, pending));
            }
            case MONO -> {
                return monos().then(returned, pending, (value, until) -> makeAsync(plan, call, value, until));
            }
            case OPTIONAL -> make(plan, call, content(returned), pending);
            default -> make(plan, call, returned, pending);
        }
        return returned;
    }

    private void make(
            MethodPlan plan, CacheCall call, @Nullable Object result, Optional<CacheTransactions.Pending> pending) {
        changes(plan, call, result).forEach(change -> transactions.changes().make(change, pending));
    }

    private CompletableFuture<Void> makeAsync(
            MethodPlan plan, CacheCall call, @Nullable Object result, Optional<CacheTransactions.Pending> pending) {
        return transactions.changes().makeAsync(changes(plan, call, result), pending);
    }

    private static List<CacheChange> changes(MethodPlan plan, CacheCall call, @Nullable Object result) {
        List<CacheChange> changes = new ArrayList<>();
        for (UpdateOperation update : plan.updates()) {
            update.change(call, result).ifPresent(changes::add);
        }
        for (InvalidateOperation drop : plan.invalidations()) {
            drop.change(call, drop.before() ? null : result).ifPresent(changes::add);
        }
        return changes;
    }

    /** Runs the method; on any thread, also after the caller has its answer. */
    private static @Nullable Object run(MethodInvocation invocation) throws Exception {
        MethodInvocation own =
                invocation instanceof ProxyMethodInvocation proxied ? proxied.invocableClone() : invocation;
        try {
            return own.proceed();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UndeclaredThrowableException(e);
        }
    }
}
