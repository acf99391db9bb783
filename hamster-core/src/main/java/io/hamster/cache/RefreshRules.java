package io.hamster.cache;

import java.time.Duration;

/** What a policy's settings for refreshes in intervals must be. */
final class RefreshRules {

    private RefreshRules() {}

    static void check(CachePolicyBuilder policy) {
        Duration interval = policy.refreshInterval;
        Duration idle = policy.stopRefreshAfterIdle;
        if (interval == null) {
            require(
                    idle == null,
                    "stopRefreshAfterIdle is " + idle + " but refreshInterval, which says how often values are reloaded"
                            + " until then, is not set; set it too");
            return;
        }
        require(
                policy.refreshAhead == 0,
                "refreshInterval is " + interval + " and refreshAhead is " + policy.refreshAhead
                        + "; values are reloaded in intervals or when a part of their time to live has passed, so leave"
                        + " one of them out");
        require(
                interval.compareTo(policy.defaultTtl.minus(policy.ttlJitter)) < 0,
                "refreshInterval is " + interval + " but defaultTtl is " + policy.defaultTtl + " and ttlJitter is "
                        + policy.ttlJitter
                        + ", so that values may expire before; make the interval shorter or the time to"
                        + " live longer");
        require(
                policy.localTtl.isZero() || interval.compareTo(policy.localTtl) < 0,
                "refreshInterval is " + interval + " but localTtl is " + policy.localTtl
                        + ", after which this JVM has nothing left to refresh; make the interval shorter");
        require(
                idle == null || idle.compareTo(interval) >= 0,
                "stopRefreshAfterIdle is " + idle + " but refreshInterval is " + interval
                        + "; make it at least as long, or nothing would ever be reloaded");
        require(
                policy.tier != Tier.REMOTE,
                "refreshInterval is " + interval + " but tier is REMOTE, which keeps nothing in this JVM that could be"
                        + " refreshed; set the tier to TWO_LEVEL");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InvalidCachePolicyException(message);
        }
    }
}
