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
     * Takes a lock, waiting as long as it takes, and gives it back at once.
     *
     * @param key its key
     * @return when it was held, by {@link System#nanoTime()}
     * @throws Exception what the library throws
     */
    long waitAndUnlock(String key) throws Exception;

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
