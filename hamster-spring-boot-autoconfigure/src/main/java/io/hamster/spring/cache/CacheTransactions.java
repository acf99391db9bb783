package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import java.util.Optional;
import org.springframework.util.ClassUtils;

/** What caches need to know of the calling thread's transaction. */
interface CacheTransactions {

    /** Follows Spring's transactions where they are present. */
    static CacheTransactions create(CacheChanges changes) {
        return ClassUtils.isPresent(
                        "org.springframework.transaction.support.TransactionSynchronizationManager",
                        CacheTransactions.class.getClassLoader())
                ? new SpringCacheTransactions(changes)
                : new None(changes);
    }

    /** What makes the changes. */
    CacheChanges changes();

    /** Whether a transaction is in progress. */
    boolean isActive();

    /** Whether a transaction is in progress that can change nothing. */
    boolean isReadOnly();

    /** Whether the transaction in progress, if any, has changed what a read of the key would find. */
    boolean hasTouched(HamsterCache<?, ?> cache, Object key);

    /** Where changes wait for the end of the transaction in progress, if there is one. */
    Optional<Pending> pending();

    /**
     * Where the changes of a method wait. What commits apart from the caller's transaction, or without one, has to be
     * changed whatever becomes of that, unless the method's own has begun further out.
     */
    default Optional<Pending> pending(CacheCall call) {
        return isActive() && !call.isApartFromCaller() ? pending() : Optional.empty();
    }

    /** Makes a change, once the transaction in progress has committed if there is one. */
    default void make(CacheChange change) {
        changes().make(change, pending());
    }

    /** The changes of one transaction. Thread-safe, because futures complete anywhere. */
    interface Pending {

        /**
         * Keeps a change until the transaction ends.
         *
         * @return {@code false} if it has ended already and the change is still to be made
         */
        boolean add(CacheChange change);
    }

    /**
     * Without Spring's transactions.
     *
     * @param changes makes the changes
     */
    record None(CacheChanges changes) implements CacheTransactions {

        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public boolean hasTouched(HamsterCache<?, ?> cache, Object key) {
            return false;
        }

        @Override
        public Optional<Pending> pending() {
            return Optional.empty();
        }
    }
}
