package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import java.util.Optional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Follows Spring's thread-bound transactions. */
final class SpringCacheTransactions implements CacheTransactions {

    private final CacheChanges changes;

    SpringCacheTransactions(CacheChanges changes) {
        this.changes = changes;
    }

    @Override
    public CacheChanges changes() {
        return changes;
    }

    @Override
    public boolean isActive() {
        return TransactionSynchronizationManager.isActualTransactionActive();
    }

    @Override
    public boolean isReadOnly() {
        return isActive() && TransactionSynchronizationManager.isCurrentTransactionReadOnly();
    }

    @Override
    public boolean hasTouched(HamsterCache<?, ?> cache, Object key) {
        return isActive()
                && TransactionSynchronizationManager.getResource(this) instanceof TransactionChanges known
                && known.touches(cache, key);
    }

    @Override
    public Optional<Pending> pending() {
        if (!isActive() || !TransactionSynchronizationManager.isSynchronizationActive()) {
            return Optional.empty();
        }
        if (TransactionSynchronizationManager.getResource(this) instanceof TransactionChanges known) {
            return Optional.of(known);
        }
        TransactionChanges made = new TransactionChanges(changes);
        new ThreadTransaction(this, made).register();
        return Optional.of(made);
    }
}
