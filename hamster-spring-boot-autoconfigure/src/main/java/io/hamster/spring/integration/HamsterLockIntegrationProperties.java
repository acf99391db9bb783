package io.hamster.spring.integration;

import io.hamster.lock.InvalidLockKeyException;
import io.hamster.spring.HamsterConfigurationException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Locks as Spring Integration's lock registry.
 *
 * @param enabled Whether there is a lock registry for Spring Integration, unless the application has one.
 * @param prefix Put before each key of the registry: at most 129 bytes of UTF-8.
 */
@ConfigurationProperties("hamster.lock.integration")
public record HamsterLockIntegrationProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("integration:") String prefix) {

    /**
     * Checks the values.
     *
     * @param enabled any
     * @param prefix at most 129 bytes without control characters
     * @throws HamsterConfigurationException if the prefix can't begin a lock's key
     */
    public HamsterLockIntegrationProperties {
        try {
            new RegistryKeys(prefix);
        } catch (InvalidLockKeyException e) {
            throw new HamsterConfigurationException(
                    "hamster.lock.integration.prefix can't begin a lock's key: " + e.getMessage() + ".",
                    "Give at most 129 bytes of UTF-8 without control characters.",
                    e);
        }
    }
}
