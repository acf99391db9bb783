package io.hamster.spring.lock;

import java.util.Optional;

/** Transactions of the calling thread, if the application has such a thing. */
interface Transactions {

    /** Where there is no transaction support. */
    Transactions NONE = Optional::empty;

    /** The transaction that the calling thread is in. */
    Optional<Running> current();

    /** A transaction that had begun before the method was called. */
    interface Running {

        /** Whether it keeps a lock of that key for a call that has returned; throws if that lock was lost. */
        boolean covers(String key);

        /** Keeps locks until the transaction has ended; a lock that is lost by then stops the commit. */
        Hold keep(HeldLocks locks);
    }

    /** Locks that a transaction keeps. */
    interface Hold {

        /** The call that needed them has returned: another one of the same transaction may rely on them. */
        void returned();
    }
}
