package io.hamster.spring.hash.cloud;

import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.hash.HamsterHashProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for consistent hashing in Spring Cloud LoadBalancer. Adds a configuration that every client's
 * context reads, ahead of Spring Cloud's own; a client with a load balancer of its own keeps it.
 */
@AutoConfiguration(beforeName = "org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration")
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag("hamster.hash.load-balancer.enabled")
public final class HamsterLoadBalancerAutoConfiguration {

    /** Called by Spring. */
    public HamsterLoadBalancerAutoConfiguration() {}

    /** What Spring Cloud's clients are made with. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(LoadBalancerClientFactory.class)
    @EnableConfigurationProperties(HamsterHashProperties.class)
    static class ClientConfiguration {

        @Bean
        LoadBalancerClientSpecification hamsterLoadBalancerClientSpecification() {
            // Spring Cloud applies specifications whose name starts with "default." to every client.
            return new LoadBalancerClientSpecification(
                    "default.hamster", new Class<?>[] {HashedClientConfiguration.class});
        }
    }

    /** What remains of the load balancer where Spring Cloud's is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory")
    static class MissingLoadBalancerConfiguration {

        MissingLoadBalancerConfiguration() {
            throw new HamsterConfigurationException(
                    "hamster.hash.load-balancer.enabled is true, but Spring Cloud LoadBalancer isn't on the class path.",
                    """
                    Add it:

                        <dependency>
                          <groupId>org.springframework.cloud</groupId>
                          <artifactId>spring-cloud-starter-loadbalancer</artifactId>
                        </dependency>

                    or leave hamster.hash.load-balancer.enabled out.""");
        }
    }
}
