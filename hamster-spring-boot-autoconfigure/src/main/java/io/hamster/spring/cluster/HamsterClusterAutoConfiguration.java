package io.hamster.spring.cluster;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.annotation.LeaderOnly;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterListener;
import io.hamster.cluster.JobTracker;
import io.hamster.cluster.Members;
import io.hamster.cluster.MembersListener;
import io.hamster.cluster.Node;
import io.hamster.cluster.RemoteCallListener;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.actuate.HamsterOverview;
import io.hamster.spring.actuate.HamsterOverviewPart;
import io.hamster.spring.aop.AnnotatedMethodPointcut;
import io.hamster.spring.cluster.LeaderOnlyInterceptor.SkippedCalls;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.expression.MethodExpressionParser;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Locale;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration for the {@link Cluster}. There is one even when {@code hamster.cluster.enabled} is false: a cluster
 * of this instance alone, so that {@code @LeaderOnly} and {@code @RemoteFunction} work everywhere.
 */
@AutoConfiguration(
        after = {HamsterAutoConfiguration.class, HamsterCodecAutoConfiguration.class},
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
        })
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterClusterProperties.class)
public final class HamsterClusterAutoConfiguration {

    /** Called by Spring. */
    public HamsterClusterAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ClusterFactory hamsterClusterFactory(
            HamsterClusterProperties properties, TimeSource time, ObjectProvider<ClusterEngine> engines) {
        return new ClusterFactory(properties, time, engines);
    }

    @Bean
    @ConditionalOnMissingBean
    Cluster hamsterCluster(
            ClusterFactory factory,
            HamsterExecutors executors,
            ObjectProvider<Codec> codec,
            ObjectProvider<RemoteCallListener> callListeners,
            ObjectProvider<ClusterCustomizer> customizers) {
        return factory.create(executors, codec, callListeners, customizers);
    }

    @Bean
    @ConditionalOnMissingBean
    ClusterLeadershipLifecycle hamsterClusterLeadershipLifecycle(
            Cluster cluster,
            LeaderWorkHolder leaderWork,
            ObjectProvider<JobTracker> trackers,
            ObjectProvider<ClusterListener> listeners,
            ObjectProvider<MembersListener> membersListeners,
            ApplicationEventPublisher publisher,
            ConfigurableListableBeanFactory beanFactory,
            MethodExpressionParser parser) {
        return new ClusterLeadershipLifecycle(cluster, () -> {
            new RemoteFunctions(beanFactory, parser).registerWith(cluster);
            listeners.orderedStream().forEach(cluster::addListener);
            membersListeners.orderedStream().forEach(cluster::addMembersListener);
            cluster.addListener(publisher::publishEvent);
            cluster.addJobTracker(leaderWork.work());
            trackers.orderedStream().forEach(cluster::addJobTracker);
        });
    }

    @Bean
    @ConditionalOnMissingBean
    ClusterTransportLifecycle hamsterClusterTransportLifecycle(Cluster cluster) {
        return new ClusterTransportLifecycle(cluster);
    }

    @Bean
    @ConditionalOnMissingBean
    LeaderWorkHolder hamsterLeaderWork(Cluster cluster, HamsterClusterProperties properties) {
        return new LeaderWorkHolder(new LeaderWork(cluster, properties.stopTimeout()));
    }

    /** Keeps what is a tracker inside from being one of the application's tracker beans. */
    record LeaderWorkHolder(LeaderWork work) {}

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyRule hamsterLeaderOnlyRule() {
        return new LeaderOnlyRule();
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RemoteFunctionRule hamsterRemoteFunctionRule(ObjectProvider<MethodExpressionParser> parser) {
        return new RemoteFunctionRule(parser::getObject);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterLeaderOnlyAdvisor")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor hamsterLeaderOnlyAdvisor(
            Environment environment,
            ObjectProvider<LeaderWorkHolder> leaderWork,
            ObjectProvider<SkippedCalls> skipped) {
        LeaderOnlyInterceptor interceptor = new LeaderOnlyInterceptor(
                SingletonSupplier.of(() -> leaderWork.getObject().work()),
                SingletonSupplier.of(() -> skipped.orderedStream().toList()));
        DefaultPointcutAdvisor advisor =
                new DefaultPointcutAdvisor(new AnnotatedMethodPointcut(List.of(LeaderOnly.class)), interceptor);
        // Not from the properties bean: advisors are made before the bean post-processors that such a bean should see.
        advisor.setOrder(Binder.get(environment)
                .bind("hamster.cluster.aspect-order", Integer.class)
                .orElse(HamsterClusterProperties.DEFAULT_ASPECT_ORDER));
        return advisor;
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterClusterFeature")
    @Order(40)
    HamsterFeature hamsterClusterFeature(Cluster cluster, ClusterFactory factory) {
        return new HamsterFeature("cluster", factory.description());
    }

    @Bean
    @ConditionalOnMissingBean
    ClusterLog hamsterClusterLog(HamsterClusterProperties properties) {
        return new ClusterLog(properties.effectiveMode());
    }

    @Bean
    @ConditionalOnMissingBean
    RemoteCallLog hamsterRemoteCallLog(TimeSource time) {
        return new RemoteCallLog(time);
    }

    /** Meters, where Micrometer is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    static class MeterConfiguration {

        @Bean
        @ConditionalOnMissingBean
        ClusterMeters hamsterClusterMeters(Cluster cluster) {
            return new ClusterMeters(cluster);
        }

        @Bean
        @ConditionalOnMissingBean
        SkippedCalls hamsterSkippedCalls(ObjectProvider<MeterRegistry> registry) {
            return method -> Counter.builder("hamster.cluster.skipped")
                    .description("Calls of @LeaderOnly methods that were skipped, since this node doesn't lead")
                    .tag("method", method)
                    .register(registry.getObject())
                    .increment();
        }

        @Bean
        @ConditionalOnMissingBean
        RemoteCallMeters hamsterRemoteCallMeters(ObjectProvider<MeterRegistry> registry, TimeSource time) {
            return new RemoteCallMeters(SingletonSupplier.of(registry::getObject), time);
        }
    }

    /** Observations, where Micrometer's are present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    @ConditionalOnBean(ObservationRegistry.class)
    static class ObservationConfiguration {

        @Bean
        @ConditionalOnMissingBean
        RemoteCallObservations hamsterRemoteCallObservations(
                ObjectProvider<ObservationRegistry> registry,
                ObjectProvider<RemoteCallObservationConvention> calls,
                ObjectProvider<RemoteFunctionObservationConvention> functions) {
            return new RemoteCallObservations(
                    SingletonSupplier.of(registry::getObject),
                    calls.stream().findFirst(),
                    functions.stream().findFirst());
        }
    }

    /** Health, where Boot's health module is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnMissingBean
        LeaderlessSince hamsterLeaderlessSince() {
            return new LeaderlessSince();
        }

        @Bean
        @ConditionalOnMissingBean(name = "hamsterClusterHealthPart")
        HamsterHealthPart hamsterClusterHealthPart(
                Cluster cluster,
                HamsterClusterProperties properties,
                ClusterFactory factory,
                LeaderlessSince leaderless) {
            return new HamsterHealthPart(
                    "cluster",
                    new ClusterHealthIndicator(
                            cluster, properties.effectiveMode(), factory::waitingFor, factory::outage, leaderless));
        }
    }

    /** The overview, where Actuator is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Endpoint.class)
    static class OverviewConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterClusterOverview")
        HamsterOverviewPart hamsterClusterOverview(Cluster cluster, HamsterClusterProperties properties) {
            return overview -> overview.with(described(cluster, properties.effectiveMode()));
        }

        private static HamsterOverview.Cluster described(Cluster cluster, ClusterMode mode) {
            Members members = cluster.members();
            return new HamsterOverview.Cluster(
                    mode.name().toLowerCase(Locale.ROOT),
                    cluster.self().name(),
                    io.hamster.spring.cluster.Role.of(cluster),
                    cluster.leader().map(Node::name).orElse(null),
                    cluster.term(),
                    members.alive().size(),
                    members.names().size(),
                    members.lost());
        }
    }
}
