package io.hamster.spring.lock;

import io.hamster.lock.LockAdmin;
import io.hamster.spring.ConditionalOnFlag;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the Actuator endpoint of locks. */
@AutoConfiguration(after = HamsterLockAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnAvailableEndpoint(HamsterLocksEndpoint.class)
@EnableConfigurationProperties(HamsterLockEndpointProperties.class)
public final class HamsterLockEndpointAutoConfiguration {

    /** Called by Spring. */
    public HamsterLockEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnBean({LockAdmin.class, LockStoreInfo.class})
    @ConditionalOnMissingBean
    HamsterLocksEndpoint hamsterLocksEndpoint(
            LockAdmin admin, LockStoreInfo info, HamsterLockEndpointProperties properties) {
        return new HamsterLocksEndpoint(admin, info, properties.showKeys());
    }

    @Bean
    @ConditionalOnBean(HamsterLocksEndpoint.class)
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(endpoint = HamsterLocksEndpoint.class, exposure = EndpointExposure.WEB)
    HamsterLocksWebExtension hamsterLocksWebExtension(HamsterLocksEndpoint endpoint) {
        return new HamsterLocksWebExtension(endpoint);
    }
}
