package io.hamster.spring.lock;

import io.hamster.HamsterException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import io.hamster.lock.RetryStrategy.Growth;
import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of locks.
 *
 * @param enabled Whether locks and @HamsterLocked are available.
 * @param store Where locks are kept, and with that how far they reach.
 * @param lease How long a lock outlives its holder's last sign of life, unless the request says otherwise: more than 0,
 *     at most 24h.
 * @param timeout Longest wait for a lock, unless the request says otherwise: more than 0, at most 365d.
 * @param retry How a wait asks again, unless the request says otherwise.
 * @param commandTimeout How long the store may take to answer before its answer counts as unknown: 1ms to 1m.
 * @param driftMargin Part of a lease that its holder doesn't count on, against clocks that run at different rates: 0 to
 *     0.5.
 * @param longHoldWarning Time after which a held lock is logged, once: more than 0, at most 365d.
 * @param node Name of this instance in lists of held locks. Default is the application's name with the host's, or the
 *     process id.
 * @param aspectOrder Order of @HamsterLocked's advice. Lower is further out; transactions are at 2147483647 by default
 *     and have to stay inside.
 */
@ConfigurationProperties("hamster.lock")
public record HamsterLockProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("memory") Store store,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue Retry retry,
        @DefaultValue("2s") Duration commandTimeout,
        @DefaultValue("0.01") double driftMargin,
        @DefaultValue("10m") Duration longHoldWarning,
        @Nullable String node,
        @DefaultValue("" + DEFAULT_ASPECT_ORDER) int aspectOrder) {

    /** Just outside of transactions, whose advice comes last unless it is told otherwise. */
    static final int DEFAULT_ASPECT_ORDER = Integer.MAX_VALUE - 100;

    private static final Duration LONGEST_COMMAND_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WARNING = Duration.ofDays(365);
    private static final double LARGEST_DRIFT_MARGIN = 0.5;

    /** Where locks can be kept. */
    public enum Store {
        /** In this JVM. */
        MEMORY,
        /** In Redis, for all instances that share it. */
        REDIS,
        /** In the instances' own Raft group. */
        CLUSTER
    }

    /**
     * How a wait asks again.
     *
     * @param strategy How the pauses between attempts grow.
     * @param count Most attempts after the first, wake-ups not counted; -1 for no limit but the timeout.
     * @param base First pause: more than 0, at most 24h.
     * @param cap Longest pause: at least the first one, at most 24h.
     * @param jitter Part by which a pause may be shortened at random: 0 to 1.
     */
    public record Retry(
            @DefaultValue("exponential") Growth strategy,
            @DefaultValue("3") int count,
            @DefaultValue("100ms") Duration base,
            @DefaultValue("24h") Duration cap,
            @DefaultValue("0") double jitter) {

        /**
         * Checks the values.
         *
         * @param strategy any
         * @param count -1 or more
         * @param base more than 0, at most 24h
         * @param cap at least base, at most 24h
         * @param jitter 0 to 1
         * @throws HamsterConfigurationException if one is out of range
         */
        public Retry {
            checked("retry.base", base, "more than 0, at most 24h", () -> RetryStrategy.fixed(0, base));
            RetryStrategy any = RetryStrategy.fixed(0, base);
            checked("retry.count", count, "-1 or more", () -> any.withCount(count));
            checked(
                    "retry.cap",
                    cap,
                    "at least hamster.lock.retry.base (" + base + "), at most 24h",
                    () -> any.withCap(cap));
            checked("retry.jitter", jitter, "0 to 1", () -> any.withJitter(jitter));
        }

        RetryStrategy toStrategy() {
            return new RetryStrategy(strategy, count, base, cap, jitter);
        }
    }

    /**
     * Checks the values.
     *
     * @param enabled any
     * @param store any
     * @param lease more than 0, at most 24h
     * @param timeout more than 0, at most 365d
     * @param retry checked itself
     * @param commandTimeout 1ms to 1m
     * @param driftMargin 0 to 0.5
     * @param longHoldWarning more than 0, at most 365d
     * @param node any; blank as absent
     * @param aspectOrder any
     * @throws HamsterConfigurationException if one is out of range
     */
    public HamsterLockProperties {
        LockRequest.Builder request = LockRequest.builder("check");
        checked("lease", lease, "more than 0, at most 24h", () -> request.expiration(lease));
        checked("timeout", timeout, "more than 0, at most 365d", () -> request.timeout(timeout));
        boolean answersInTime =
                commandTimeout.toMillis() >= 1 && commandTimeout.compareTo(LONGEST_COMMAND_TIMEOUT) <= 0;
        require(answersInTime, "command-timeout", commandTimeout, "1ms to 1m");
        require(driftMargin >= 0 && driftMargin <= LARGEST_DRIFT_MARGIN, "drift-margin", driftMargin, "0 to 0.5");
        boolean warnsLater = !longHoldWarning.isNegative()
                && !longHoldWarning.isZero()
                && longHoldWarning.compareTo(LONGEST_WARNING) <= 0;
        require(warnsLater, "long-hold-warning", longHoldWarning, "more than 0, at most 365d");
    }

    private static void require(boolean holds, String name, Object value, String range) {
        if (!holds) {
            throw outOfRange(name, value, range, null);
        }
    }

    private static void checked(String name, Object value, String range, Runnable check) {
        try {
            check.run();
        } catch (HamsterException | IllegalArgumentException e) {
            throw outOfRange(name, value, range, e);
        }
    }

    private static HamsterConfigurationException outOfRange(
            String name, Object value, String range, @Nullable Throwable cause) {
        return new HamsterConfigurationException(
                "hamster.lock." + name + " is " + value + ", which is out of range.", "Give " + range + ".", cause);
    }
}
