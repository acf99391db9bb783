package io.hamster.spring.redis;

import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of a cluster whose leader's lease and messages are in Redis.
 *
 * @param electionInterval How often the leader renews its lease, and the longest time after which the others try to get
 *     it; up to 20% less at random; 100ms to 1h. 5s is recommended for a faster failover.
 * @param electionPeriod How long the lease lasts after it was renewed: for as long there may be no leader after the
 *     leader has crashed; above the interval, 200ms to 1h. 10s is recommended for a faster failover.
 * @param syncLeaderInterval How often the nodes look who leads and who is alive, besides being told at once of changes;
 *     up to 20% less at random; 100ms to 1h. 3s is recommended for a faster failover.
 * @param dataPath Prefix of the cluster's keys, after the namespace. Not { } * ? [ ] \ or control characters.
 */
@ConfigurationProperties("hamster.cluster.redis")
public record HamsterRedisClusterProperties(
        @DefaultValue("15s") Duration electionInterval,
        @DefaultValue("30s") Duration electionPeriod,
        @DefaultValue("10s") Duration syncLeaderInterval,
        @DefaultValue("cluster") String dataPath) {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration SHORTEST_PERIOD = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int LONGEST_PATH = 100;

    /**
     * Checks the values.
     *
     * @param electionInterval 100ms to 1h
     * @param electionPeriod 200ms to 1h, above the interval
     * @param syncLeaderInterval 100ms to 1h
     * @param dataPath 1 to 100 characters
     * @throws HamsterConfigurationException if one is out of range
     */
    public HamsterRedisClusterProperties {
        requireRange("election-interval", electionInterval, SHORTEST);
        requireRange("election-period", electionPeriod, SHORTEST_PERIOD);
        requireRange("sync-leader-interval", syncLeaderInterval, SHORTEST);
        if (electionPeriod.compareTo(electionInterval) <= 0) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.redis.election-period is " + electionPeriod.toMillis()
                            + "ms, but the leader renews its lease only every " + electionInterval.toMillis()
                            + "ms (hamster.cluster.redis.election-interval).",
                    "Let the period be longer than the interval, better twice as long.");
        }
        requirePath(dataPath);
    }

    private static void requireRange(String name, Duration value, Duration shortest) {
        if (value.compareTo(shortest) < 0 || value.compareTo(LONGEST) > 0) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.redis." + name + " is " + value.toMillis() + "ms.",
                    "Set it to a value from " + shortest.toMillis() + "ms to 1h.");
        }
    }

    private static void requirePath(String path) {
        boolean usable = !path.isBlank()
                && path.length() <= LONGEST_PATH
                && path.chars().noneMatch(c -> Character.isISOControl(c) || "{}*?[]\\".indexOf(c) >= 0);
        if (!usable) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.redis.data-path is '" + path.replaceAll("\\p{Cntrl}", "\uFFFD")
                            + "', which can't be the prefix of keys in Redis.",
                    "Give it 1 to " + LONGEST_PATH
                            + " characters, none of them { } * ? [ ] \\ or a control character.");
        }
    }
}
