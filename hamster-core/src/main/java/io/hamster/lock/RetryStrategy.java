package io.hamster.lock;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often, and after which pauses, a waiting request asks the store again by itself. Wake-ups come on top: an attempt
 * that a wake-up caused is not counted and doesn't move the next one. The end of the holder's lease, as the store reported
 * it, is such a wake-up, by time.
 *
 * @param growth how the pauses grow
 * @param count the most attempts after the first; 0 for none, -1 for no limit but the request's timeout
 * @param base the first pause; &gt; 0, at most 24 h
 * @param cap the longest pause; at least {@code base}, at most 24 h
 * @param jitter by which part a pause may be shortened at random; 0 (never) to 1
 */
public record RetryStrategy(Growth growth, int count, Duration base, Duration cap, double jitter) {

    /** {@link #count} for "until the timeout". */
    public static final int UNLIMITED = -1;

    private static final Duration MAX_PAUSE = Duration.ofHours(24);
    private static final int MAX_SHIFT = 62;

    /** How pauses grow from one attempt to the next. */
    public enum Growth {
        /** Each pause is the base. */
        FIXED,
        /** Base, 2 × base, 3 × base … */
        LINEAR,
        /** Base, 2 × base, 4 × base … */
        EXPONENTIAL
    }

    /**
     * Checks the ranges.
     *
     * @param growth how the pauses grow
     * @param count -1 or more
     * @param base &gt; 0, at most 24 h
     * @param cap at least {@code base}, at most 24 h
     * @param jitter 0 to 1
     * @throws IllegalArgumentException if one is out of range
     */
    public RetryStrategy {
        if (count < UNLIMITED) {
            throw new IllegalArgumentException("Retry count " + count + " is negative; give 0 or more, or " + UNLIMITED
                    + " for no limit but the timeout");
        }
        if (base.isNegative() || base.isZero() || base.compareTo(MAX_PAUSE) > 0) {
            throw new IllegalArgumentException(
                    "Retry base " + base + " is out of range; give more than 0, at most 24h");
        }
        if (cap.compareTo(base) < 0 || cap.compareTo(MAX_PAUSE) > 0) {
            throw new IllegalArgumentException(
                    "Retry cap " + cap + " is out of range; give at least the base of " + base + ", at most 24h");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("Retry jitter " + jitter + " is out of range; give 0 to 1");
        }
    }

    /**
     * Equal pauses.
     *
     * @param count the most attempts after the first, or {@link #UNLIMITED}
     * @param base each pause
     * @return the strategy, without cap and jitter
     */
    public static RetryStrategy fixed(int count, Duration base) {
        return new RetryStrategy(Growth.FIXED, count, base, MAX_PAUSE, 0);
    }

    /**
     * Pauses that grow by the base.
     *
     * @param count the most attempts after the first, or {@link #UNLIMITED}
     * @param base the first pause
     * @return the strategy, without cap and jitter
     */
    public static RetryStrategy linear(int count, Duration base) {
        return new RetryStrategy(Growth.LINEAR, count, base, MAX_PAUSE, 0);
    }

    /**
     * Pauses that double.
     *
     * @param count the most attempts after the first, or {@link #UNLIMITED}
     * @param base the first pause
     * @return the strategy, without cap and jitter
     */
    public static RetryStrategy exponential(int count, Duration base) {
        return new RetryStrategy(Growth.EXPONENTIAL, count, base, MAX_PAUSE, 0);
    }

    /**
     * The same with another count.
     *
     * @param newCount 0 or more, or {@link #UNLIMITED}
     * @return the strategy
     */
    public RetryStrategy withCount(int newCount) {
        return new RetryStrategy(growth, newCount, base, cap, jitter);
    }

    /**
     * The same with a longest pause.
     *
     * @param newCap at least the base
     * @return the strategy
     */
    public RetryStrategy withCap(Duration newCap) {
        return new RetryStrategy(growth, count, base, newCap, jitter);
    }

    /**
     * The same with random pauses, so that clients which began together don't go on together.
     *
     * @param newJitter 0 to 1
     * @return the strategy
     */
    public RetryStrategy withJitter(double newJitter) {
        return new RetryStrategy(growth, count, base, cap, newJitter);
    }

    boolean exhausted(int attempts) {
        return count != UNLIMITED && attempts >= count;
    }

    /**
     * The pause before an attempt.
     *
     * @param attempt how many attempts after the first there have been; from 0
     * @param random used only with jitter
     * @return nanoseconds; &gt; 0
     */
    long pauseNanos(int attempt, RandomGenerator random) {
        long unit = base.toNanos();
        long limit = cap.toNanos();
        long pause = switch (growth) {
            case FIXED -> unit;
            case LINEAR -> attempt >= limit / unit ? limit : unit * (attempt + 1);
            case EXPONENTIAL -> attempt > MAX_SHIFT || unit > limit >> attempt ? limit : unit << attempt;
        };
        if (jitter > 0) {
            pause -= (long) (pause * jitter * random.nextDouble());
        }
        return Math.max(1, pause);
    }
}
