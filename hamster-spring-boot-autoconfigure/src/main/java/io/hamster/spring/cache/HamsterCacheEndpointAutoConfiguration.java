package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import io.hamster.spring.ConditionalOnFlag;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the Actuator endpoint of caches. */
@AutoConfiguration(after = HamsterCacheAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.cache.enabled", matchIfMissing = true)
@ConditionalOnAvailableEndpoint(HamsterCachesEndpoint.class)
public final class HamsterCacheEndpointAutoConfiguration {

    /** Called by Spring. */
    public HamsterCacheEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(CacheClient.class)
    @ConditionalOnMissingBean
    HamsterCachesEndpoint hamsterCachesEndpoint(
            CacheClient client, WriteBackFigures figures, HamsterCacheProperties properties) {
        return new HamsterCachesEndpoint(client, figures, properties.endpoint().showKeys());
    }

    @Bean
    @ConditionalOnBean(HamsterCachesEndpoint.class)
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(endpoint = HamsterCachesEndpoint.class, exposure = EndpointExposure.WEB)
    HamsterCachesWebExtension hamsterCachesWebExtension(HamsterCachesEndpoint endpoint) {
        return new HamsterCachesWebExtension(endpoint);
    }
}
