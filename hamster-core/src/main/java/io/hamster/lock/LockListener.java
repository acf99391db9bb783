package io.hamster.lock;

/**
 * Told what happens to locks, for metrics. Called on the thread where it happens, so methods must be quick and
 * thread-safe; what they throw is ignored. Durations are nanoseconds.
 */
public interface LockListener {

    /** How a request ended. */
    enum Outcome {
        /** Granted. */
        ACQUIRED,
        /** Another owner kept the lock. */
        HELD,
        /** The store didn't answer, or the client was closed. */
        UNAVAILABLE,
        /** Interrupted, cancelled, or nested in a scope that holds the lock. */
        WITHDRAWN
    }

    /** Why a held lock ended without its holder's doing. */
    enum Loss {
        /** Its deadline passed. */
        EXPIRED,
        /** The store took it away, or the client was closed. */
        LOST
    }

    /**
     * A request ended.
     *
     * @param key the lock's key
     * @param outcome how
     * @param contended whether the lock was held when it first asked
     * @param waitNanos from the request to its end
     */
    default void requested(String key, Outcome outcome, boolean contended, long waitNanos) {}

    /**
     * A holder released its lock.
     *
     * @param key the lock's key
     * @param holdNanos how long it was held
     */
    default void released(String key, long holdNanos) {}

    /**
     * A lock ended without its holder's doing.
     *
     * @param key the lock's key
     * @param loss why
     * @param holdNanos how long it was held
     */
    default void lost(String key, Loss loss, long holdNanos) {}

    /**
     * A lease was extended.
     *
     * @param key the lock's key
     */
    default void refreshed(String key) {}

    /**
     * A lock has been held longer than the client's long-hold warning. Once per lock.
     *
     * @param key the lock's key
     * @param holdNanos how long it has been held
     */
    default void heldLong(String key, long holdNanos) {}
}
