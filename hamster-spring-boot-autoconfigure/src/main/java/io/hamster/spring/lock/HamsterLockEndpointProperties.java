package io.hamster.spring.lock;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Actuator endpoint of locks.
 *
 * @param showKeys Whether the endpoint hamsterlocks shows keys in full; shortened otherwise.
 */
@ConfigurationProperties("hamster.lock.endpoint")
public record HamsterLockEndpointProperties(
        @DefaultValue("false") boolean showKeys) {}
