package io.hamster.spring.redis;

import io.hamster.spring.HamsterConfigurationException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of locks in Redis.
 *
 * @param waitReplicas How many replicas must have a lock before it counts as acquired: 0 to 100. More than 0 makes its
 *     loss in a failover less likely, not impossible.
 * @param waitTimeout How long to wait for them: 1ms to 1m.
 * @param coolDown Time between attempts while Redis is away; commands in between fail at once, while waits for a lock go
 *     on: 1ms to 1m.
 */
@ConfigurationProperties("hamster.lock.redis")
public record HamsterRedisLockProperties(
        @DefaultValue("0") int waitReplicas,
        @DefaultValue("1s") Duration waitTimeout,
        @DefaultValue("500ms") Duration coolDown) {

    private static final int MOST_REPLICAS = 100;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /**
     * Checks the values.
     *
     * @param waitReplicas 0 to 100
     * @param waitTimeout 1ms to 1m
     * @param coolDown 1ms to 1m
     * @throws HamsterConfigurationException if one is out of range
     */
    public HamsterRedisLockProperties {
        boolean some = waitReplicas >= 0 && waitReplicas <= MOST_REPLICAS;
        require(some, "wait-replicas", waitReplicas, "0 to " + MOST_REPLICAS);
        require(inRange(waitTimeout), "wait-timeout", waitTimeout, "1ms to 1m");
        require(inRange(coolDown), "cool-down", coolDown, "1ms to 1m");
    }

    private static boolean inRange(Duration value) {
        return value.toMillis() >= 1 && value.compareTo(LONGEST) <= 0;
    }

    private static void require(boolean holds, String name, Object value, String range) {
        if (!holds) {
            throw new HamsterConfigurationException(
                    "hamster.lock.redis." + name + " is " + value + ", which is out of range.", "Give " + range + ".");
        }
    }
}
