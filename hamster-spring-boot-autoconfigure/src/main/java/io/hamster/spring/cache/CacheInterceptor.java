package io.hamster.spring.cache;

import io.hamster.cache.CacheLoadException;
import io.hamster.cache.HamsterCache;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the cache annotations of a method say. */
final class CacheInterceptor implements MethodInterceptor {

    private static final Logger log = LoggerFactory.getLogger(CacheInterceptor.class);

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
        Object target = invocation.getThis();
        if (target == null) {
            throw new IllegalStateException("A proxy without a target can't use caches: " + invocation.getMethod());
        }
        MethodPlan plan = methods.plan(invocation.getMethod(), target.getClass());
        CacheCall call = new CacheCall(plan, invocation, target);
        return plan.changesCaches() ? change(plan, call) : read(plan, call);
    }

    private @Nullable Object read(MethodPlan plan, CacheCall call) throws Throwable {
        CachedOperation cached = plan.cached();
        if (cached == null || !cached.applies(call)) {
            return call.proceed();
        }
        HamsterCache<Object, Object> cache = cached.cache();
        Object key = cached.key(call);
        if (transactions.hasTouched(cache, key)) {
            return call.proceed();
        }
        return switch (plan.shape()) {
            case STAGE -> Stages.content(cache.composeAsync(key, k -> stage(call), call));
            case MONO -> monos().reading(cache, key, call::run, call);
            case OPTIONAL -> get(cache, key, call);
            default -> get(cache, key, call).orElse(null);
        };
    }

    private static CompletionStage<?> stage(CacheCall call) throws Exception {
        return Objects.requireNonNull(
                (CompletionStage<?>) call.run(), () -> call.method() + " returned null instead of a future");
    }

    private static Optional<Object> get(HamsterCache<Object, Object> cache, Object key, CacheCall call)
            throws Throwable {
        try {
            return cache.get(key, call, call);
        } catch (CacheLoadException e) {
            throw declared(e, call.method());
        }
    }

    private Monos monos() {
        return Objects.requireNonNull(monos, "no method returns a Mono without Reactor");
    }

    /** The method's own checked exception, which the cache had to wrap. */
    private static Throwable declared(CacheLoadException failure, Method method) {
        Throwable cause = failure.getCause();
        if (cause instanceof Exception && !(cause instanceof RuntimeException)) {
            for (Class<?> type : method.getExceptionTypes()) {
                if (type.isInstance(cause)) {
                    return cause;
                }
            }
        }
        return failure;
    }

    private @Nullable Object change(MethodPlan plan, CacheCall call) throws Throwable {
        Optional<CacheTransactions.Pending> pending = transactions.pending(call);
        for (InvalidateOperation drop : plan.invalidations()) {
            if (drop.before()) {
                drop.change(call, null).ifPresent(transactions.changes()::make);
            }
        }
        if (plan.shape() == ReturnShape.MONO) {
            return changeByMono(plan, call, pending);
        }
        // The method doesn't begin once there are some: its caller's next one might be the first to.
        boolean mustNotWait = plan.asksForTickets() && !BlockingThreads.mayBlock();
        UpdateTickets tickets = mustNotWait ? UpdateTickets.MISSED : UpdateTickets.take(call);
        Object returned = read(plan, call);
        if (returned == null) {
            make(plan, call, null, pending, tickets);
            return null;
        }
        if (plan.shape() == ReturnShape.STAGE) {
            return Stages.then((CompletionStage<?>) returned, value -> makeAsync(plan, call, value, pending, tickets));
        }
        Object value = plan.shape() == ReturnShape.OPTIONAL ? CacheCall.content(returned) : returned;
        make(plan, call, value, pending, tickets);
        return returned;
    }

    private @Nullable Object changeByMono(MethodPlan plan, CacheCall call, Optional<CacheTransactions.Pending> pending)
            throws Throwable {
        Object mono = read(plan, call);
        if (mono == null) {
            make(plan, call, null, pending, UpdateTickets.NONE);
            return null;
        }
        return monos().then(
                        call,
                        mono,
                        pending,
                        () -> ticketsAsync(call),
                        (value, until, tickets) -> makeAsync(plan, call, value, until, tickets));
    }

    /** Without waiting for a shared tier on this thread, unless it has a transaction: the method has to stay in that. */
    private CompletableFuture<UpdateTickets> ticketsAsync(CacheCall call) {
        if (!call.plan().asksForTickets() || transactions.isActive()) {
            return CompletableFuture.completedFuture(UpdateTickets.take(call));
        }
        try {
            return transactions.changes().elsewhere(() -> UpdateTickets.take(call));
        } catch (RejectedExecutionException e) {
            log.debug("{} runs without a ticket: the application stops", call.method(), e);
            return CompletableFuture.completedFuture(UpdateTickets.MISSED);
        }
    }

    private void make(
            MethodPlan plan,
            CacheCall call,
            @Nullable Object result,
            Optional<CacheTransactions.Pending> pending,
            UpdateTickets tickets) {
        changes(plan, call, result, tickets)
                .make(change -> transactions.changes().make(change, pending));
    }

    private CompletableFuture<Void> makeAsync(
            MethodPlan plan,
            CacheCall call,
            @Nullable Object result,
            Optional<CacheTransactions.Pending> pending,
            UpdateTickets tickets) {
        return transactions.changes().makeAsync(changes(plan, call, result, tickets), pending);
    }

    private static PlannedChanges changes(
            MethodPlan plan, CacheCall call, @Nullable Object result, UpdateTickets tickets) {
        PlannedChanges changes = new PlannedChanges();
        for (UpdateOperation update : plan.updates()) {
            changes.add(() -> update.change(call, result, tickets));
        }
        for (InvalidateOperation drop : plan.invalidations()) {
            changes.add(() -> drop.change(call, drop.before() ? null : result));
        }
        return changes;
    }
}
