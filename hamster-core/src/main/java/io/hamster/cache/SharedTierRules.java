package io.hamster.cache;

import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.lang.reflect.Type;
import java.time.Duration;

/** What a policy's settings for shared tiers must be. */
final class SharedTierRules {

    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);
    private static final int LONGEST_VERSION = 100;

    private SharedTierRules() {}

    static Duration requireLease(Duration timeout) {
        Durations.requirePositive("leaseTimeout", timeout);
        require(
                timeout.compareTo(SHORTEST_LEASE) >= 0,
                "leaseTimeout is " + timeout + "; it must be at least " + SHORTEST_LEASE);
        return timeout;
    }

    static String requireVersion(String version) {
        require(
                version.length() <= LONGEST_VERSION && version.chars().noneMatch(Character::isISOControl),
                "version has " + version.length() + " characters; it must be at most " + LONGEST_VERSION
                        + " without control characters");
        return version;
    }

    static long requireLimit(long bytes) {
        require(
                bytes >= 0,
                "compressAbove is " + bytes + " bytes; it must be at least 1, such as 2048, or 0 to turn it off");
        return bytes;
    }

    static Type requireObjects(Type type) {
        require(
                !(type instanceof Class<?> plain && plain.isPrimitive()),
                "valueType is " + type + "; give the class of objects, such as Integer.class for int");
        return type;
    }

    static void check(CachePolicyBuilder policy) {
        require(
                policy.localTtl.isZero() || policy.tier == Tier.TWO_LEVEL,
                "localTtl is " + policy.localTtl + " but tier is " + policy.tier
                        + "; set the tier to TWO_LEVEL or leave localTtl out");
        require(
                policy.refreshAhead == 0 || policy.tier != Tier.REMOTE,
                "refreshAhead is " + policy.refreshAhead
                        + " but tier is REMOTE, which keeps nothing in this JVM that could"
                        + " be refreshed; set the tier to TWO_LEVEL");
        boolean isShared = policy.tier != Tier.LOCAL || policy.loadScope != LoadScope.JVM;
        require(
                !isShared || policy.valueType != null,
                "tier is " + policy.tier + " and loadScope is " + policy.loadScope
                        + " but valueType, as which values are read from the shared tier, is not set; set it too");
        require(
                policy.compressAbove == 0 || isShared,
                "compressAbove is " + policy.compressAbove
                        + " bytes but tier is LOCAL and loadScope is JVM, where no value"
                        + " is encoded; set the tier to TWO_LEVEL or REMOTE, or leave compressAbove out");
        WriteBackPolicy back = policy.writeBack;
        require(
                back == null || !policy.tellsOthers || policy.tier != Tier.LOCAL,
                "writeBack is set and so is tellsOthers, but with tier LOCAL the other instances would load what isn't"
                        + " written yet; leave one of them out");
        if (back != null) {
            checkWriteBack(policy, back.durability(), isShared);
        }
    }

    private static void checkWriteBack(CachePolicyBuilder policy, Durability durability, boolean isShared) {
        if (durability != Durability.REDIS) {
            require(
                    !isShared,
                    "writeBack has durability " + durability + " but tier is " + policy.tier + " and loadScope is "
                            + policy.loadScope + "; such a journal is one instance's: set the durability to REDIS, or"
                            + " leave tier and loadScope out");
            return;
        }
        require(
                policy.tier != Tier.LOCAL,
                "writeBack has durability REDIS but tier is LOCAL, where the other instances would not learn of writes;"
                        + " set the tier to TWO_LEVEL or REMOTE, or the durability to FILE");
        require(
                policy.keyText == null,
                "writeBack is set and so is keyText, but a journal knows keys as they are encoded, which may differ where"
                        + " their texts don't; use keys that are their own text, such as strings");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InvalidCachePolicyException(message);
        }
    }
}
