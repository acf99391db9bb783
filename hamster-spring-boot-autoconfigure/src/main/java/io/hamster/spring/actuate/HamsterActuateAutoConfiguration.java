package io.hamster.spring.actuate;

import io.hamster.spring.HamsterAutoConfiguration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configuration for Hamster's health contributor. */
@AutoConfiguration(
        after = HamsterAutoConfiguration.class,
        afterName = {
            "io.hamster.spring.hash.HamsterHashAutoConfiguration",
            "io.hamster.spring.lock.HamsterLockAutoConfiguration",
            "io.hamster.spring.cache.HamsterCacheAutoConfiguration",
            "io.hamster.spring.cluster.HamsterClusterAutoConfiguration",
        })
@ConditionalOnBooleanProperty(name = "hamster.enabled", matchIfMissing = true)
public final class HamsterActuateAutoConfiguration {

    /** Called by Spring. */
    public HamsterActuateAutoConfiguration() {}

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
    }
}
