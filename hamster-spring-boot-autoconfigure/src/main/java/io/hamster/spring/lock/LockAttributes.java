package io.hamster.spring.lock;

import io.hamster.HamsterException;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.Backoff;
import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import io.hamster.lock.RetryStrategy.Growth;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.expression.MethodExpressionParser;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one annotation says about its request; null where it leaves the choice to the configuration. */
record LockAttributes(
        @Nullable Duration waitFor,
        @Nullable Duration lease,
        @Nullable Duration atLeastFor,
        @Nullable Duration maxHold,
        @Nullable Growth growth,
        @Nullable Integer count,
        @Nullable Duration base,
        @Nullable Duration cap,
        @Nullable Double jitter,
        boolean reentrant) {

    /** Reads and checks an annotation. */
    static LockAttributes of(HamsterLocked locked, MethodExpressionParser parser, String method) {
        Durations durations = new Durations(parser, method);
        LockAttributes attributes = new LockAttributes(
                durations.read("waitFor", locked.waitFor()),
                durations.read("lease", locked.lease()),
                durations.read("atLeastFor", locked.atLeastFor()),
                durations.read("maxHold", locked.maxHold()),
                locked.retry() == Backoff.DEFAULT
                        ? null
                        : Growth.valueOf(locked.retry().name()),
                locked.retryCount() == HamsterLocked.DEFAULT_COUNT ? null : locked.retryCount(),
                durations.read("retryBase", locked.retryBase()),
                durations.read("retryCap", locked.retryCap()),
                locked.retryJitter() == HamsterLocked.DEFAULT_JITTER ? null : locked.retryJitter(),
                locked.reentrant());
        try {
            attributes.applyTo(LockRequest.builder("check"));
        } catch (HamsterException | IllegalArgumentException e) {
            throw new HamsterConfigurationException(
                    "@HamsterLocked on " + method + " can't work: " + e.getMessage() + ".",
                    "Correct the annotation.",
                    e);
        }
        return attributes;
    }

    LockRequest applyTo(LockRequest.Builder request) {
        RetryStrategy configured = request.build().retry();
        if (lease != null) {
            request.expiration(lease);
        }
        if (atLeastFor != null) {
            request.atLeastFor(atLeastFor);
        }
        if (maxHold != null) {
            request.maxHold(maxHold);
        }
        if (waitFor != null && !waitFor.isZero()) {
            request.timeout(waitFor);
        }
        return request.retry(retry(configured)).reentrant(reentrant).build();
    }

    private RetryStrategy retry(RetryStrategy configured) {
        // What the annotation doesn't say gives way to what it says, so that no configuration makes it impossible.
        Duration first = base != null ? base : cap != null ? shorter(cap, configured.base()) : configured.base();
        Duration longest = cap != null ? cap : longer(first, configured.cap());
        return new RetryStrategy(
                growth != null ? growth : configured.growth(),
                count(configured),
                first,
                longest,
                jitter != null ? jitter : configured.jitter());
    }

    private int count(RetryStrategy configured) {
        if (waitFor != null && waitFor.isZero()) {
            return 0;
        }
        if (count != null) {
            return count;
        }
        boolean saysHowToRetry = growth != null || base != null || cap != null || jitter != null;
        return waitFor != null && !saysHowToRetry ? RetryStrategy.UNLIMITED : configured.count();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private record Durations(MethodExpressionParser parser, String method) {

        @Nullable
        Duration read(String attribute, String value) {
            String where = "@HamsterLocked(" + attribute + ") on " + method;
            Duration duration = parser.duration(value, where);
            if (duration != null && duration.isNegative()) {
                throw new HamsterConfigurationException(
                        where + " is " + duration + ", which is negative.", "Write 500ms, 30s, 10m or PT10M.");
            }
            return duration;
        }
    }
}
