package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.spring.ConditionalOnFlag;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configuration for the Actuator endpoint of the cluster. */
@AutoConfiguration(after = HamsterClusterAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
public final class HamsterClusterEndpointAutoConfiguration {

    /** Called by Spring. */
    public HamsterClusterEndpointAutoConfiguration() {}

    /** Kept apart, as the condition is itself Actuator's. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(ClusterEndpoint.class)
    @ConditionalOnBean({Cluster.class, ClusterFactory.class})
    static class ExposedConfiguration {

        @Bean
        @ConditionalOnMissingBean
        RecentEvents hamsterRecentClusterEvents() {
            return new RecentEvents();
        }

        @Bean
        @ConditionalOnMissingBean
        ClusterEndpoint hamsterClusterEndpoint(
                Cluster cluster, ClusterFactory factory, HamsterClusterProperties properties, RecentEvents events) {
            return new ClusterEndpoint(cluster, properties.effectiveMode(), factory::waitingFor, events);
        }
    }
}
