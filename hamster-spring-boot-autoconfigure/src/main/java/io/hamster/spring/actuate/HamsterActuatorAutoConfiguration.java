package io.hamster.spring.actuate;

import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Auto-configuration for Hamster's health contributor and the endpoint that shows all of it at one glance. */
@AutoConfiguration(
        after = HamsterAutoConfiguration.class,
        beforeName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration",
        afterName = {
            "io.hamster.spring.hash.HamsterHashAutoConfiguration",
            "io.hamster.spring.lock.HamsterLockAutoConfiguration",
            "io.hamster.spring.cache.HamsterCacheAutoConfiguration",
            "io.hamster.spring.cluster.HamsterClusterAutoConfiguration",
        })
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
public final class HamsterActuatorAutoConfiguration {

    /** Called by Spring. */
    public HamsterActuatorAutoConfiguration() {}

    /** The overview, where Actuator is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class EndpointConfiguration {

        /** Kept apart, as the condition is itself Actuator's. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnAvailableEndpoint(HamsterEndpoint.class)
        static class ExposedConfiguration {

            @Bean
            @ConditionalOnMissingBean
            HamsterEndpoint hamsterEndpoint(ObjectProvider<HamsterOverviewPart> parts) {
                return new HamsterEndpoint(
                        () -> parts.orderedStream().toList(),
                        HamsterEndpoint.class.getPackage().getImplementationVersion());
            }
        }
    }

    /** Health, where Boot's health module is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    @ConditionalOnEnabledHealthIndicator("hamster")
    static class HealthConfiguration {

        @Bean
        @ConditionalOnBean(HamsterHealthPart.class)
        @ConditionalOnMissingBean(name = "hamsterHealthContributor")
        CompositeHealthContributor hamsterHealthContributor(ObjectProvider<HamsterHealthPart> parts) {
            Map<String, HealthIndicator> byName = parts.orderedStream()
                    .collect(Collectors.toMap(
                            HamsterHealthPart::name,
                            HamsterHealthPart::indicator,
                            (first, second) -> first,
                            TreeMap::new));
            return CompositeHealthContributor.fromMap(byName);
        }

        /** In the place of Boot's own, which doesn't know of {@code DEGRADED} and so would leave it out. */
        @Bean
        @ConditionalOnMissingBean
        StatusAggregator hamsterStatusAggregator(Environment environment) {
            List<String> own = Binder.get(environment)
                    .bind("management.endpoint.health.status.order", Bindable.listOf(String.class))
                    .orElse(List.of());
            return own.isEmpty()
                    ? StatusAggregator.of(
                            Status.DOWN, Status.OUT_OF_SERVICE, HamsterHealthPart.DEGRADED, Status.UP, Status.UNKNOWN)
                    : StatusAggregator.of(own);
        }
    }
}
