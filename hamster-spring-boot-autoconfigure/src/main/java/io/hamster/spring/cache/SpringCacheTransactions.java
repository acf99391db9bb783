package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import java.util.Optional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Follows Spring's thread-bound transactions. */
final class SpringCacheTransactions implements CacheTransactions {

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
                && TransactionSynchronizationManager.getResource(this) instanceof TransactionChanges changes
                && changes.touches(cache, key);
    }

    @Override
    public Optional<Pending> pending() {
        if (!isActive() || !TransactionSynchronizationManager.isSynchronizationActive()) {
            return Optional.empty();
        }
        if (TransactionSynchronizationManager.getResource(this) instanceof TransactionChanges changes) {
            return Optional.of(changes);
        }
        TransactionChanges changes = new TransactionChanges();
        new ThreadTransaction(this, changes).register();
        return Optional.of(changes);
    }
}
