package io.hamster.lock;

import java.util.List;
import java.util.Optional;

/** What an operator sees of the locks and may do to them. Thread-safe. */
public interface LockAdmin {

    /** How many locks are listed at most unless a limit is given: {@value}. */
    int DEFAULT_LIST_LIMIT = 1000;

    /**
     * Lists held locks, of every instance that shares the store; at most {@link #DEFAULT_LIST_LIMIT}.
     *
     * @return held locks in no particular order
     * @throws LockUnavailableException if the store doesn't answer
     */
    default List<HeldLock> list() {
        return list(DEFAULT_LIST_LIMIT);
    }

    /**
     * Lists held locks, of every instance that shares the store.
     *
     * @param limit the most to list; &gt; 0
     * @return held locks in no particular order
     * @throws IllegalArgumentException if the limit is less than 1
     * @throws LockUnavailableException if the store doesn't answer
     */
    List<HeldLock> list(int limit);

    /**
     * Looks one lock up, whoever holds it.
     *
     * @param key the lock's key
     * @return the lock, or empty if it is free
     * @throws InvalidLockKeyException if the key isn't valid
     * @throws LockUnavailableException if the store doesn't answer
     */
    Optional<HeldLock> find(String key);

    /**
     * Takes a lock away from whoever holds it. A holder in this JVM is told at once, another one at its next renewal or
     * when its lease ends: until then it believes itself the owner.
     *
     * @param key the lock's key
     * @return whether anyone held it
     * @throws InvalidLockKeyException if the key isn't valid
     * @throws LockUnavailableException if the store doesn't answer
     */
    boolean forceRelease(String key);

    /**
     * Counts since this client started.
     *
     * @return a snapshot; its figures are read one by one
     */
    LockStats stats();
}
