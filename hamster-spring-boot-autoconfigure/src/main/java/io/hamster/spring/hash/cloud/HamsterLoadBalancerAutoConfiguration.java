package io.hamster.spring.hash.cloud;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for consistent hashing in Spring Cloud LoadBalancer. Adds a configuration that every client's
 * context reads, ahead of Spring Cloud's own; a client with a load balancer of its own keeps it.
 */
@AutoConfiguration(beforeName = "org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration")
@ConditionalOnClass({ReactorLoadBalancer.class, LoadBalancerClientFactory.class})
@ConditionalOnBooleanProperty(name = "hamster.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("hamster.hash.load-balancer.enabled")
@EnableConfigurationProperties(HamsterLoadBalancerProperties.class)
public final class HamsterLoadBalancerAutoConfiguration {

    /** Called by Spring. */
    public HamsterLoadBalancerAutoConfiguration() {}

    @Bean
    LoadBalancerClientSpecification hamsterLoadBalancerClientSpecification() {
        // Spring Cloud applies specifications whose name starts with "default." to every client.
        return new LoadBalancerClientSpecification("default.hamster", new Class<?>[] {HashedClientConfiguration.class});
    }
}
