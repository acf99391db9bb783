package io.hamster.spring.redis;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * When an elector does what, in nanoseconds.
 *
 * @param interval at the latest after which a lease is renewed or asked for
 * @param period how long a lease lasts
 * @param sync at the latest after which followers look who leads
 */
record ElectionTimes(long interval, long period, long sync) {

    private static final double JITTER = 0.2;
    private static final long LONGEST_PATIENCE = TimeUnit.SECONDS.toNanos(2);
    private static final long SHORTEST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SPREAD = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long SHORTEST_MARGIN = TimeUnit.MILLISECONDS.toNanos(10);

    static ElectionTimes of(Duration interval, Duration period, Duration sync) {
        return new ElectionTimes(interval.toNanos(), period.toNanos(), sync.toNanos());
    }

    static ElectionTimes of(HamsterRedisClusterProperties properties) {
        return of(properties.electionInterval(), properties.electionPeriod(), properties.syncLeaderInterval());
    }

    /** By how much a leader stops before Redis lets go of its lease: for clocks of different speed and Redis' milliseconds. */
    long margin() {
        return Math.max(period / 50, SHORTEST_MARGIN);
    }

    /** Until the leader renews, early enough to try more than once. */
    long untilRenewal() {
        return jittered(Math.min(interval, period / 2));
    }

    /** Again before a lease that was just renewed can run out, so that its being gone means something. */
    long untilLook() {
        return jittered(Math.min(Math.min(interval, sync), period / 3));
    }

    /** Until somebody asks for a lease that runs out: not all at once. */
    long afterExpiry(long left) {
        return left + ThreadLocalRandom.current().nextLong(Math.min(SPREAD, period / 10));
    }

    /** How long to wait for Redis to answer. */
    long patience() {
        return between(SHORTEST_PATIENCE, period / 4, LONGEST_PATIENCE);
    }

    /** Between attempts while Redis doesn't answer. */
    long pause() {
        return jittered(between(SHORTEST_PAUSE, period / 20, LONGEST_PAUSE));
    }

    /** How long a node that resigned leaves it to the others. */
    long standBack() {
        return between(SHORTEST_PATIENCE * 5, period / 4, LONGEST_PATIENCE);
    }

    private static long between(long least, long value, long most) {
        return Math.max(least, Math.min(value, most));
    }

    private static long jittered(long time) {
        return (long) (time * (1 - JITTER * ThreadLocalRandom.current().nextDouble()));
    }
}
