package io.hamster.spring.cache;

import io.hamster.spring.cache.CacheTransactions.Pending;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.reactive.TransactionContext;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import reactor.util.context.ContextView;

/** Follows Spring's reactive transactions. Needs Reactor and Spring's transactions. */
final class ReactiveCacheTransactions {

    private final CacheChanges changes;

    ReactiveCacheTransactions(CacheChanges changes) {
        this.changes = changes;
    }

    /** The changes of a subscriber's transaction so far; {@code null} if it has made none. */
    @Nullable
    TransactionChanges changes(ContextView context) {
        TransactionContext transaction = transaction(context);
        return transaction != null && transaction.getResources().get(this) instanceof TransactionChanges known
                ? known
                : null;
    }

    boolean isActive(ContextView context) {
        return transaction(context) != null;
    }

    /** Whether changes of a method wait for a subscriber's transaction, as {@link CacheTransactions#pending(CacheCall)}. */
    boolean concerns(CacheCall call, ContextView context) {
        return isActive(context) && !call.isApartFromCaller();
    }

    /** Where changes wait for the end of a subscriber's transaction, if there is one. */
    Optional<Pending> pending(ContextView context) {
        TransactionContext transaction = transaction(context);
        if (transaction == null) {
            return Optional.empty();
        }
        TransactionChanges known = changes(context);
        if (known != null) {
            return Optional.of(known);
        }
        TransactionSynchronizationManager manager = new TransactionSynchronizationManager(transaction);
        if (!manager.isSynchronizationActive()) {
            return Optional.empty();
        }
        TransactionChanges made = new TransactionChanges(changes);
        new ReactiveTransaction(manager, this, made).register();
        return Optional.of(made);
    }

    private static @Nullable TransactionContext transaction(ContextView context) {
        TransactionContext transaction = context.getOrDefault(TransactionContext.class, null);
        return transaction != null && transaction.isActualTransactionActive() ? transaction : null;
    }
}
