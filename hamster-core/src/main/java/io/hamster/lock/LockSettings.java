package io.hamster.lock;

import java.time.Duration;

/**
 * What a client is told once.
 *
 * @param node name of this instance, for people
 * @param commandTimeout how long the store may take to answer
 * @param driftMargin which part of an answered lease isn't counted on
 * @param longHoldWarning how long a lock may be held without a word
 */
record LockSettings(String node, Duration commandTimeout, double driftMargin, Duration longHoldWarning) {

    long commandTimeoutNanos() {
        return commandTimeout.toNanos();
    }

    long withoutMargin(Duration remaining) {
        long nanos = remaining.toNanos();
        return nanos - (long) (nanos * driftMargin);
    }
}
