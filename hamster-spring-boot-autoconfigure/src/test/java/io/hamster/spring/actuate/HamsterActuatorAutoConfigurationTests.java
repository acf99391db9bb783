package io.hamster.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.HamsterAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class HamsterActuatorAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(HamsterAutoConfiguration.class, HamsterActuatorAutoConfiguration.class));

    @Test
    void gathersThePartsUnderOneName() {
        runner.withUserConfiguration(Parts.class).run(context -> {
            CompositeHealthContributor hamster =
                    context.getBean("hamsterHealthContributor", CompositeHealthContributor.class);
            assertThat(hamster.stream().map(HealthContributors.Entry::name)).containsExactly("caches", "locks");
            assertThat(context).doesNotHaveBean(HealthIndicator.class);
        });
    }

    @Test
    void backsOffWithoutParts() {
        runner.run(context -> assertThat(context).doesNotHaveBean("hamsterHealthContributor"));
    }

    @Test
    void backsOffWhenTurnedOff() {
        runner.withUserConfiguration(Parts.class)
                .withPropertyValues("management.health.hamster.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("hamsterHealthContributor"));
    }

    @Test
    void backsOffWithoutBootsHealthModule() {
        runner.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("hamsterHealthContributor"));
    }

    @Test
    void putsDegradedBetweenUpAndDownAndAnswersIt200() {
        ApplicationContextRunner withHealth = runner.withConfiguration(AutoConfigurations.of(
                        HealthEndpointAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class))
                .withPropertyValues("management.endpoints.web.exposure.include=health");
        withHealth.run(context -> {
            StatusAggregator aggregator = context.getBean(StatusAggregator.class);
            assertThat(aggregator.getAggregateStatus(Status.UP, HamsterHealthPart.DEGRADED))
                    .isEqualTo(HamsterHealthPart.DEGRADED);
            assertThat(aggregator.getAggregateStatus(Status.DOWN, HamsterHealthPart.DEGRADED))
                    .isEqualTo(Status.DOWN);
            assertThat(aggregator.getAggregateStatus(Status.UP, Status.UNKNOWN)).isEqualTo(Status.UP);
            assertThat(context.getBean(HttpCodeStatusMapper.class).getStatusCode(HamsterHealthPart.DEGRADED))
                    .isEqualTo(200);
        });
        withHealth
                .withPropertyValues("management.endpoint.health.status.order=up,degraded")
                .run(context -> assertThat(context.getBean(StatusAggregator.class)
                                .getAggregateStatus(Status.UP, HamsterHealthPart.DEGRADED))
                        .isEqualTo(Status.UP));
        StatusAggregator mine = StatusAggregator.of("up");
        withHealth
                .withBean(StatusAggregator.class, () -> mine)
                .run(context ->
                        assertThat(context).getBean(StatusAggregator.class).isSameAs(mine));
    }

    @Test
    void belongsToReadinessIfToldSoAndNotToLiveness() {
        runner.withConfiguration(AutoConfigurations.of(
                        HealthEndpointAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class))
                .withUserConfiguration(Parts.class)
                .withBean(
                        "livenessState",
                        HealthIndicator.class,
                        () -> () -> Health.up().build())
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=health",
                        "management.endpoint.health.group.readiness.include=hamster",
                        "management.endpoint.health.group.liveness.include=livenessState")
                .run(context -> {
                    HealthEndpointGroups groups = context.getBean(HealthEndpointGroups.class);
                    assertThat(groups.get("readiness").isMember("hamster")).isTrue();
                    assertThat(groups.get("liveness").isMember("hamster")).isFalse();
                    assertThat(groups.get("readiness")
                                    .getStatusAggregator()
                                    .getAggregateStatus(Status.UP, HamsterHealthPart.DEGRADED))
                            .isEqualTo(HamsterHealthPart.DEGRADED);
                    assertThat(groups.get("readiness")
                                    .getHttpCodeStatusMapper()
                                    .getStatusCode(HamsterHealthPart.DEGRADED))
                            .isEqualTo(200);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Parts {

        @Bean
        HamsterHealthPart locks() {
            return new HamsterHealthPart("locks", () -> Health.up().build());
        }

        @Bean
        HamsterHealthPart caches() {
            return new HamsterHealthPart("caches", () -> Health.up().build());
        }
    }
}
