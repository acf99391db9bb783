package io.hamster.lock;

import java.util.List;

/** What an operator sees of the locks and may do to them. Thread-safe. */
public interface LockAdmin {

    /**
     * Lists held locks, of every instance that shares the store.
     *
     * @param limit the most to list; &gt; 0
     * @return held locks in no particular order
     * @throws LockUnavailableException if the store doesn't answer
     */
    List<HeldLock> list(int limit);

    /**
     * Takes a lock away from whoever holds it. A holder in this JVM is told at once, another one at its next renewal or
     * when its lease ends: until then it believes itself the owner.
     *
     * @param key the lock's key
     * @return whether anyone held it
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
