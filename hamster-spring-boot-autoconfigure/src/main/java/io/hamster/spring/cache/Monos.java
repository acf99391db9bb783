package io.hamster.spring.cache;

import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.spring.cache.CacheTransactions.Pending;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Everything that needs Reactor, so that it may be absent. */
final class Monos {

    private final @Nullable ReactiveCacheTransactions transactions;

    private Monos(@Nullable ReactiveCacheTransactions transactions) {
        this.transactions = transactions;
    }

    static Monos create() {
        boolean transactional = ClassUtils.isPresent(
                "org.springframework.transaction.reactive.TransactionContext", Monos.class.getClassLoader());
        return new Monos(transactional ? new ReactiveCacheTransactions() : null);
    }

    static boolean isMono(Class<?> type) {
        return type == Mono.class;
    }

    /** A {@code Mono} that asks the cache when it is subscribed to; the method's own sees the subscriber's context. */
    Object reading(
            HamsterCache<Object, Object> cache,
            Object key,
            Callable<@Nullable Object> method,
            Function<Optional<Object>, EntryOptions> options) {
        return Mono.deferContextual(context -> {
            if (transactions != null && transactions.isActive(context)) {
                TransactionChanges changes = transactions.changes(context);
                if (changes != null && changes.touches(cache, key)) {
                    return own(method);
                }
                if (!cache.policy().safeInTransactions()) {
                    return cache.entry(key)
                            .map(entry -> Mono.justOrEmpty(entry.value()))
                            .orElseGet(() -> own(method));
                }
            }
            return Mono.fromFuture(
                    Stages.content(cache.composeAsync(
                            key, missing -> own(method).contextWrite(context).toFuture(), options)),
                    true);
        });
    }

    /** Has an action see what a {@code Mono} succeeds with, and where changes wait for its subscriber's transaction. */
    Object then(Object mono, Optional<Pending> pending, BiConsumer<@Nullable Object, Optional<Pending>> action) {
        return Mono.deferContextual(context ->
                ((Mono<?>) mono).doOnSuccess(value -> action.accept(value, pending(context, pending))));
    }

    private Optional<Pending> pending(ContextView context, Optional<Pending> ofTheCaller) {
        return transactions == null
                ? ofTheCaller
                : transactions.pending(context).or(() -> ofTheCaller);
    }

    private static Mono<Object> own(Callable<@Nullable Object> method) {
        return Mono.defer(() -> {
            try {
                Mono<?> own = (Mono<?>) method.call();
                return own == null ? Mono.empty() : own.map(value -> value);
            } catch (Exception e) {
                return Mono.error(e);
            }
        });
    }
}
