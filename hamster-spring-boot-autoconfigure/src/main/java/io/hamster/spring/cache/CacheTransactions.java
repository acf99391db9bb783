package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import java.util.Optional;

/** What caches need to know of the calling thread's transaction. */
interface CacheTransactions {

    /** Whether a transaction is in progress. */
    boolean isActive();

    /** Whether the transaction in progress, if any, has changed what a read of the key would find. */
    boolean hasTouched(HamsterCache<?, ?> cache, Object key);

    /** Where changes wait for the end of the transaction in progress, if there is one. */
    Optional<Pending> pending();

    /** The changes of one transaction. Thread-safe, because futures complete anywhere. */
    interface Pending {

        /**
         * Keeps a change until the transaction ends.
         *
         * @return {@code false} if it has ended already
         */
        boolean add(CacheChange change);
    }

    /** Without Spring's transactions. */
    enum None implements CacheTransactions {
        INSTANCE;

        @Override
        public boolean isActive() {
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
