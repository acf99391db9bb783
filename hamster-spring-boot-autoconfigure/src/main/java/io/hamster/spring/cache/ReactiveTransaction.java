package io.hamster.spring.cache;

import org.springframework.transaction.reactive.TransactionSynchronization;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import reactor.core.publisher.Mono;

/**
 * Binds changes to a reactive transaction, which lives in its subscriber's context.
 *
 * @param manager the transaction's own
 * @param resourceKey what the changes are bound under
 * @param changes the changes
 */
record ReactiveTransaction(TransactionSynchronizationManager manager, Object resourceKey, TransactionChanges changes)
        implements TransactionSynchronization {

    void register() {
        manager.bindResource(resourceKey, changes);
        manager.registerSynchronization(this);
    }

    @Override
    public Mono<Void> suspend() {
        return Mono.fromRunnable(() -> manager.unbindResource(resourceKey));
    }

    @Override
    public Mono<Void> resume() {
        return Mono.fromRunnable(() -> manager.bindResource(resourceKey, changes));
    }

    @Override
    public Mono<Void> afterCommit() {
        return run(() -> {
            changes.committed();
            changes.rethrow();
        });
    }

    @Override
    public Mono<Void> afterCompletion(int status) {
        return run(() -> {
            manager.unbindResourceIfPossible(resourceKey);
            changes.completed(
                    switch (status) {
                        case STATUS_COMMITTED -> TransactionChanges.End.COMMITTED;
                        case STATUS_ROLLED_BACK -> TransactionChanges.End.ROLLED_BACK;
                        default -> TransactionChanges.End.UNKNOWN;
                    });
        });
    }

    /** Not on the subscriber's thread if a shared tier is to be waited for. */
    private Mono<Void> run(Runnable work) {
        return Mono.defer(() -> changes.areShared()
                ? Mono.fromFuture(changes.elsewhere(work), true).then()
                : Mono.fromRunnable(work));
    }
}
