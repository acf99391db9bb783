package io.hamster.spring;

import java.util.stream.Stream;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.util.ClassUtils;

/** What an application is made of that has everything of Hamster's, without what Hamster doesn't ask for. */
final class AutoConfigured {

    private AutoConfigured() {}

    /** All of Hamster's auto-configurations, and those of Spring Boot's that they build on, in their order. */
    static Class<?>[] classes() {
        return Configurations.getClasses(AutoConfigurations.of(Stream.<Class<?>>concat(
                        Stream.of(
                                AopAutoConfiguration.class,
                                CompositeMeterRegistryAutoConfiguration.class,
                                DataRedisAutoConfiguration.class,
                                EndpointAutoConfiguration.class,
                                HealthContributorAutoConfiguration.class,
                                HealthContributorRegistryAutoConfiguration.class,
                                HealthEndpointAutoConfiguration.class,
                                JacksonAutoConfiguration.class,
                                JmxAutoConfiguration.class,
                                JmxEndpointAutoConfiguration.class,
                                MetricsAutoConfiguration.class,
                                ObservationAutoConfiguration.class,
                                SimpleMetricsExportAutoConfiguration.class,
                                SslAutoConfiguration.class),
                        ImportCandidates.load(AutoConfiguration.class, AutoConfigured.class.getClassLoader())
                                .getCandidates()
                                .stream()
                                .filter(name -> name.startsWith("io.hamster."))
                                .map(name -> ClassUtils.resolveClassName(name, AutoConfigured.class.getClassLoader())))
                .toArray(Class<?>[]::new)));
    }
}
