package io.hamster;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The clock that Hamster's types take in their constructors: wall-clock time for what people and other processes read,
 * monotonic time for every deadline. Implementations are thread-safe.
 */
public interface TimeSource extends InstantSource {

    /**
     * Monotonic time, unaffected by changes of the wall clock.
     *
     * @return nanoseconds from an arbitrary origin; only differences have a meaning, and they may wrap around
     */
    long nanoTime();

    /**
     * The time of this process: {@link System#nanoTime()} and the system's wall clock.
     *
     * @return the shared instance
     */
    static TimeSource system() {
        return SystemTimeSource.INSTANCE;
    }

    /** Time of this process. */
    enum SystemTimeSource implements TimeSource {
        /** The only instance. */
        INSTANCE;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant instant() {
            return Instant.now();
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }
    }
}
