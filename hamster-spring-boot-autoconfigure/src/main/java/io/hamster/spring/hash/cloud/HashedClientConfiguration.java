package io.hamster.spring.hash.cloud;

import io.hamster.hash.RingProfile;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What each load-balanced client's own context gets; no configuration of the application, so not annotated as one. */
class HashedClientConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ReactorLoadBalancer<ServiceInstance> hamsterLoadBalancer(
            Environment environment,
            LoadBalancerClientFactory clients,
            HamsterLoadBalancerProperties properties,
            ObjectProvider<RingProfile> profile) {
        String service = environment.getRequiredProperty(LoadBalancerClientFactory.PROPERTY_NAME);
        ObjectProvider<ServiceInstanceListSupplier> instances =
                clients.getLazyProvider(service, ServiceInstanceListSupplier.class);
        if (!properties.isFor(service)) {
            return new RoundRobinLoadBalancer(instances, service);
        }
        return new ConsistentHashLoadBalancer(
                service,
                instances::getObject,
                new HeaderKey(properties.header()),
                profile.getIfAvailable(RingProfile::hamster));
    }
}
