package io.hamster.spring.redis;

import io.hamster.spring.HamsterConfigurationException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration of what Hamster keeps in Redis.
 *
 * @param namespace Prefix of every key, which keeps applications on one Redis apart. Default is
 *     spring.application.name. Not { } * ? [ ] \ or control characters.
 * @param connectionFactory Name of the RedisConnectionFactory bean to use, where there are several. The only or
 *     primary one unless set.
 */
@ConfigurationProperties("hamster.redis")
public record HamsterRedisProperties(
        @Nullable String namespace, @Nullable String connectionFactory) {

    private static final int LONGEST_NAMESPACE = 100;

    /**
     * Checks the values.
     *
     * @param namespace 1 to 100 characters, or absent
     * @param connectionFactory any
     * @throws HamsterConfigurationException if one is out of range
     */
    public HamsterRedisProperties {
        if (namespace != null) {
            checkNamespace("hamster.redis.namespace", namespace);
        }
    }

    static void checkNamespace(String property, String namespace) {
        boolean usable = !namespace.isBlank()
                && namespace.length() <= LONGEST_NAMESPACE
                && namespace.chars().noneMatch(c -> Character.isISOControl(c) || "{}*?[]\\".indexOf(c) >= 0);
        if (!usable) {
            throw new HamsterConfigurationException(
                    property + " is '" + namespace.replaceAll("\\p{Cntrl}", "�")
                            + "', which can't be the prefix of keys in Redis.",
                    "Give hamster.redis.namespace 1 to " + LONGEST_NAMESPACE
                            + " characters, none of them { } * ? [ ] \\ or a control character.");
        }
    }
}
