package io.hamster.spring.lock;

import io.hamster.lock.LockInterruptedException;
import io.hamster.lock.LockListener.Outcome;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.NestedLockException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** Sees each acquisition from its begin, which a listener of the client doesn't, to its end. Never throws. */
interface AcquisitionObserver {

    /** Sees nothing. */
    AcquisitionObserver NONE = key -> (outcome, failure) -> {};

    /** What is told the end of an acquisition, perhaps on another thread. */
    interface Started {

        void ended(Outcome outcome, Optional<Throwable> failure);

        default void acquired() {
            ended(Outcome.ACQUIRED, Optional.empty());
        }

        default void held() {
            ended(Outcome.HELD, Optional.empty());
        }

        default void failed(Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            ended(outcome(cause), Optional.of(cause));
        }
    }

    /** An acquisition begins, on the calling thread. */
    Started started(String key);

    private static Outcome outcome(Throwable failure) {
        boolean withdrawn = failure instanceof NestedLockException
                || failure instanceof LockInterruptedException
                || failure instanceof InterruptedException
                || failure instanceof CancellationException;
        if (withdrawn) {
            return Outcome.WITHDRAWN;
        }
        return failure instanceof LockNotAcquiredException ? Outcome.HELD : Outcome.UNAVAILABLE;
    }
}
