package io.hamster.hash.health;

import io.hamster.InvalidExpirationException;
import java.time.Duration;

/**
 * When peers are probed, and what the results mean.
 *
 * @param interval from one round to the next; 100 ms to 1 day
 * @param timeout how long a probe may take; 1 ms to the interval
 * @param rise how many probes in a row have to succeed for a dead peer to be alive; 1 to 100
 * @param fall how many probes in a row have to fail for an alive peer to be dead; 1 to 100
 * @param concurrency how many probes may run at once; 1 to 1000. For all peers to be probed each round even if none
 *     answers, peers ÷ concurrency × timeout has to be within the interval
 */
public record ProbeSettings(Duration interval, Duration timeout, int rise, int fall, int concurrency) {

    private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
    private static final Duration MAX_INTERVAL = Duration.ofDays(1);

    /**
     * Checks the ranges.
     *
     * @param interval from one round to the next
     * @param timeout how long a probe may take
     * @param rise successes in a row that make a peer alive
     * @param fall failures in a row that make a peer dead
     * @param concurrency how many probes may run at once
     * @throws InvalidExpirationException if a duration is out of range
     * @throws IllegalArgumentException if a number is
     */
    public ProbeSettings {
        if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
            throw new InvalidExpirationException(
                    "Health check interval " + interval + " must be from " + MIN_INTERVAL + " to " + MAX_INTERVAL);
        }
        if (timeout.toMillis() < 1 || timeout.compareTo(interval) > 0) {
            throw new InvalidExpirationException(
                    "Health check timeout " + timeout + " must be from PT0.001S to the interval, " + interval);
        }
        requireRange("rise", rise, 100);
        requireRange("fall", fall, 100);
        requireRange("concurrency", concurrency, 1000);
    }

    /**
     * Every 30 s, a timeout of 2 s, 2 successes, 3 failures, 8 probes at once.
     *
     * @return the defaults
     */
    public static ProbeSettings defaults() {
        return new ProbeSettings(Duration.ofSeconds(30), Duration.ofSeconds(2), 2, 3, 8);
    }

    private static void requireRange(String what, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(
                    "Health check " + what + " must be from 1 to " + max + ", but was " + value);
        }
    }
}
