package io.hamster.spring.integration;

import io.hamster.lock.LockClient;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.lock.LockRequests;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.LockRegistry;

/** Auto-configuration for Spring Integration's lock registry. The bean is used only where the application refers to it. */
@AutoConfiguration(after = HamsterLockAutoConfiguration.class)
@ConditionalOnClass({LockRegistry.class, DistributedLock.class})
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.lock.integration.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterLockIntegrationProperties.class)
public final class HamsterLockRegistryAutoConfiguration {

    /** Called by Spring. */
    public HamsterLockRegistryAutoConfiguration() {}

    @Bean
    @ConditionalOnBean({LockClient.class, LockRequests.class})
    @ConditionalOnMissingBean(LockRegistry.class)
    HamsterLockRegistry hamsterLockRegistry(
            LockClient client, LockRequests requests, HamsterLockIntegrationProperties properties) {
        return new HamsterLockRegistry(client, requests, properties.prefix());
    }
}
