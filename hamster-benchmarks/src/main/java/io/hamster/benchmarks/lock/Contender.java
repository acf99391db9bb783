package io.hamster.benchmarks.lock;

import java.time.Duration;

/** One library's locks in Redis. Thread-safe. */
interface Contender extends AutoCloseable {

    /** How long a lock may be held, for all alike. */
    Duration LEASE = Duration.ofSeconds(30);

    /**
     * Takes a lock that nobody holds and gives it back.
     *
     * @param key its key
     */
    void lockAndUnlock(String key);

    /**
     * Takes a lock, waiting as long as it takes, and gives it back.
     *
     * @param key its key
     * @param whileHeld called while it is held
     * @throws Exception what the library or the action throws
     */
    void waitAndUnlock(String key, Action whileHeld) throws Exception;

    /** What is done while a lock is held. */
    @FunctionalInterface
    interface Action {

        /**
         * Does it.
         *
         * @throws Exception what it throws
         */
        void run() throws Exception;
    }

    /**
     * Takes a lock that is renewed by itself from then on.
     *
     * @param key its key
     */
    void hold(String key);

    /**
     * How many of the held locks the library says it has lost.
     *
     * @return 0 if it lost none or never tells
     */
    default int lost() {
        return 0;
    }

    @Override
    void close();
}
