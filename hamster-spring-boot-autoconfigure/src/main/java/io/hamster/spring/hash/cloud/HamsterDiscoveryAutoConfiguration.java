package io.hamster.spring.hash.cloud;

import io.hamster.TimeSource;
import io.hamster.hash.PeerPicker;
import io.hamster.spring.ConditionalOnChoice;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.hash.FollowedPeers;
import io.hamster.spring.hash.HamsterHashAutoConfiguration;
import io.hamster.spring.hash.HamsterHashProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Auto-configuration for a ring over the instances that Spring Cloud's {@link DiscoveryClient} knows. */
@AutoConfiguration(after = HamsterHashAutoConfiguration.class)
@ConditionalOnClass(DiscoveryClient.class)
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.hash.enabled", matchIfMissing = true)
@ConditionalOnChoice(name = "hamster.hash.source", value = "discovery")
public final class HamsterDiscoveryAutoConfiguration {

    /** Called by Spring. */
    public HamsterDiscoveryAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    DiscoveryPeers hamsterDiscoveryPeers(
            PeerPicker picker,
            ObjectProvider<DiscoveryClient> clients,
            HamsterHashProperties properties,
            Environment environment,
            HamsterExecutors executors,
            TimeSource time) {
        DiscoveryClient client = clients.getIfAvailable();
        if (client == null) {
            throw new HamsterConfigurationException(
                    "hamster.hash.source is 'discovery', but there is no DiscoveryClient bean.",
                    "Add a Spring Cloud discovery client, such as spring-cloud-starter-netflix-eureka-client.");
        }
        return new DiscoveryPeers(
                client,
                service(properties, environment),
                new FollowedPeers(picker),
                properties.discovery().interval(),
                properties.discovery().timeout(),
                executors.scheduler(),
                executors.contextFreeExecutor(),
                time);
    }

    private static String service(HamsterHashProperties properties, Environment environment) {
        String named = properties.discovery().serviceId();
        String service = named != null ? named : environment.getProperty("spring.application.name", "");
        if (service.isBlank()) {
            throw new HamsterConfigurationException(
                    "hamster.hash.source is 'discovery', but it isn't said which service's instances are the peers.",
                    "Set hamster.hash.discovery.service-id or spring.application.name.");
        }
        return service;
    }
}
