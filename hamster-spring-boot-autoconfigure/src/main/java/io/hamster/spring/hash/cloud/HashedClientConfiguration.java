package io.hamster.spring.hash.cloud;

import io.hamster.hash.RingProfile;
import io.hamster.spring.hash.HamsterHashProperties;
import io.hamster.spring.hash.HamsterHashProperties.LoadBalancer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.NoopServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/**
 * What each load-balanced client's own context gets; no configuration of the application, so not annotated as one.
 *
 * <p>Spring Cloud applies those of the application in no certain order, before this one or after: the condition is for
 * the former, the fallback for the latter.
 */
class HashedClientConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @Fallback
    ReactorLoadBalancer<ServiceInstance> hamsterLoadBalancer(
            Environment environment,
            LoadBalancerClientFactory clients,
            HamsterHashProperties properties,
            ObjectProvider<RingProfile> profile) {
        String service = environment.getRequiredProperty(LoadBalancerClientFactory.PROPERTY_NAME);
        ObjectProvider<ServiceInstanceListSupplier> instances =
                clients.getLazyProvider(service, ServiceInstanceListSupplier.class);
        LoadBalancer balancer = properties.loadBalancer();
        if (!balancer.services().isEmpty() && !balancer.services().contains(service)) {
            return new RoundRobinLoadBalancer(instances, service);
        }
        // As Spring Cloud's own do: without a discovery client there is no supplier, and requests find no instance.
        SingletonSupplier<ServiceInstanceListSupplier> supplier =
                SingletonSupplier.of(() -> instances.getIfAvailable(NoopServiceInstanceListSupplier::new));
        return new ConsistentHashLoadBalancer(
                service,
                supplier::obtain,
                new HeaderKey(balancer.header()),
                profile.getIfAvailable(RingProfile::hamster));
    }
}
