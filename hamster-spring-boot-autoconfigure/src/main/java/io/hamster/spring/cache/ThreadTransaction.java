package io.hamster.spring.cache;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Binds changes to a thread's transaction.
 *
 * @param resourceKey what the changes are bound under
 * @param changes the changes
 */
record ThreadTransaction(Object resourceKey, TransactionChanges changes) implements TransactionSynchronization {

    void register() {
        TransactionSynchronizationManager.bindResource(resourceKey, changes);
        TransactionSynchronizationManager.registerSynchronization(this);
    }

    @Override
    public int getOrder() {
        // Others that run after the commit may already read what is cached.
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void suspend() {
        TransactionSynchronizationManager.unbindResource(resourceKey);
    }

    @Override
    public void resume() {
        TransactionSynchronizationManager.bindResource(resourceKey, changes);
    }

    @Override
    public void savepoint(Object savepoint) {
        changes.savepoint(savepoint);
    }

    @Override
    public void savepointRollback(Object savepoint) {
        changes.rollBackTo(savepoint);
    }

    @Override
    public void beforeCommit(boolean readOnly) {
        // As late as can be: of equal order, the one that was registered last runs last.
        TransactionSynchronizationManager.registerSynchronization(new Report(changes));
    }

    @Override
    public void afterCommit() {
        changes.committed();
    }

    @Override
    public void afterCompletion(int status) {
        TransactionSynchronizationManager.unbindResourceIfPossible(resourceKey);
        changes.completed(
                switch (status) {
                    case STATUS_COMMITTED -> TransactionChanges.End.COMMITTED;
                    case STATUS_ROLLED_BACK -> TransactionChanges.End.ROLLED_BACK;
                    default -> TransactionChanges.End.UNKNOWN;
                });
    }

    /**
     * Tells the transaction's caller of a change that failed, but only once everybody else has run: an exception keeps
     * those that come later from doing so.
     *
     * @param changes the changes
     */
    private record Report(TransactionChanges changes) implements TransactionSynchronization {

        @Override
        public void afterCommit() {
            changes.rethrow();
        }
    }
}
