package io.hamster.spring.lock;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Transactions of the calling thread, if the application has such a thing. */
interface Transactions {

    /** Where there is no transaction support. */
    Transactions NONE = Optional::empty;

    /** The transaction that the calling thread is in. */
    Optional<Running> current();

    /** A transaction that had begun before the method was called. */
    interface Running {

        /**
         * The lock of that key that it keeps for a call whose work has ended, which another call may rely on.
         *
         * @throws io.hamster.lock.LockException if there is one, but it was lost
         */
        Optional<HeldLock> kept(String key);

        /**
         * Keeps a call's locks until the transaction has ended; one that is lost by then stops the commit.
         *
         * @param whenWorkEnds the locks, once the work of the call has ended
         */
        void keep(CompletableFuture<HeldLocks> whenWorkEnds);
    }
}
