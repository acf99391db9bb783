package io.hamster.spring.cache;

import io.hamster.cache.AsyncCacheLoader;
import io.hamster.cache.CacheEntry;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.spring.cache.CacheTransactions.Pending;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/** Everything that needs Reactor, so that it may be absent. */
final class Monos {

    private final CacheChanges changes;
    private final @Nullable ReactiveCacheTransactions transactions;

    private Monos(CacheChanges changes, @Nullable ReactiveCacheTransactions transactions) {
        this.changes = changes;
        this.transactions = transactions;
    }

    static Monos create(CacheChanges changes) {
        boolean transactional = ClassUtils.isPresent(
                "org.springframework.transaction.reactive.TransactionContext", Monos.class.getClassLoader());
        return new Monos(changes, transactional ? new ReactiveCacheTransactions(changes) : null);
    }

    static boolean isOnNonBlockingThread() {
        return Schedulers.isInNonBlockingThread();
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
                if (hasTouched(context, cache, key)) {
                    return own(method);
                }
                if (!cache.policy().safeInTransactions()) {
                    return entry(cache, key)
                            .flatMap(found -> found.isPresent()
                                    ? Mono.justOrEmpty(found.get().value())
                                    : own(method)
                                            .onErrorResume(failure -> hasTouched(context, cache, key)
                                                    ? Mono.error(failure)
                                                    : late(cache, key, failure)));
                }
            }
            return Mono.fromFuture(
                    Stages.content(cache.composeAsync(
                            key, missing -> own(method).contextWrite(context).toFuture(), options)),
                    true);
        });
    }

    private boolean hasTouched(ContextView context, HamsterCache<Object, Object> cache, Object key) {
        TransactionChanges changes = transactions == null ? null : transactions.changes(context);
        return changes != null && changes.touches(cache, key);
    }

    /** What has expired, if it may be served for a method that has failed in a transaction. */
    private static Mono<Object> late(HamsterCache<Object, Object> cache, Object key, Throwable failure) {
        return cache.policy().staleOnError().isEmpty()
                ? Mono.error(failure)
                : Mono.fromFuture(
                        Stages.content(SubscriberTransaction.ask(
                                () -> cache.composeAsync(key, new Failed(failure), value -> EntryOptions.none()))),
                        true);
    }

    /** A load that has ended already. */
    private record Failed(Throwable failure) implements AsyncCacheLoader<Object, Object> {

        @Override
        public CompletionStage<Object> load(Object key) {
            return CompletableFuture.failedFuture(failure);
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }
    }

    private Mono<Optional<CacheEntry<Object>>> entry(HamsterCache<Object, Object> cache, Object key) {
        return CacheChanges.isShared(cache)
                ? Mono.fromFuture(changes.elsewhere(() -> cache.entry(key)))
                : Mono.just(cache.entry(key));
    }

    /**
     * Has an action begin something with what a {@code Mono} succeeds with, which its subscriber gets once that has ended;
     * and tells it where changes wait for the subscriber's transaction.
     *
     * @param tickets asked before the {@code Mono} is subscribed to, which may be after the caller's transaction
     */
    Object then(
            CacheCall call,
            Object mono,
            Optional<Pending> pending,
            Supplier<CompletableFuture<UpdateTickets>> tickets,
            Then action) {
        return Mono.deferContextual(context -> Mono.fromFuture(tickets.get(), true)
                .flatMap(known -> ((Mono<?>) mono)
                        .<Optional<Object>>map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(value -> Mono.fromFuture(
                                        action.begin(value.orElse(null), pending(call, context, pending), known), true)
                                .then(Mono.justOrEmpty(value)))));
    }

    /** What is to be done with a value. */
    interface Then {

        CompletableFuture<Void> begin(@Nullable Object value, Optional<Pending> pending, UpdateTickets tickets);
    }

    private Optional<Pending> pending(CacheCall call, ContextView context, Optional<Pending> ofTheCaller) {
        return transactions == null || !transactions.concerns(call, context)
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
