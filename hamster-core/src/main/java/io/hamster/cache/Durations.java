package io.hamster.cache;

import io.hamster.InvalidExpirationException;
import java.time.Duration;

/** Checks of durations and their form in nanoseconds. */
final class Durations {

    /** About 146 years: far enough, and sums of two still fit. */
    static final long FOREVER = Long.MAX_VALUE / 2;

    private Durations() {}

    static Duration requirePositive(String what, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new InvalidExpirationException(what + " is " + duration + "; it must be more than zero");
        }
        return duration;
    }

    static Duration requireNotNegative(String what, Duration duration) {
        if (duration.isNegative()) {
            throw new InvalidExpirationException(
                    what + " is " + duration + "; it must not be negative (zero turns it off)");
        }
        return duration;
    }

    static long nanos(Duration duration) {
        return duration.getSeconds() >= FOREVER / 1_000_000_000L ? FOREVER : duration.toNanos();
    }
}
