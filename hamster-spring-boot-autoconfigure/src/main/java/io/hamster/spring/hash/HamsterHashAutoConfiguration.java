package io.hamster.spring.hash;

import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.hash.HashFunction;
import io.hamster.hash.InvalidPeerException;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerListener;
import io.hamster.hash.RingPeerPicker;
import io.hamster.hash.RingPeerPickerBuilder;
import io.hamster.hash.RingProfile;
import io.hamster.hash.SingleflightPeerPicker;
import io.hamster.hash.health.HostPort;
import io.hamster.hash.health.HttpPeerHealthChecker;
import io.hamster.hash.health.PeerHealthChecker;
import io.hamster.hash.health.PeerProber;
import io.hamster.hash.health.TcpPeerHealthChecker;
import io.hamster.spring.ConditionalOnChoice;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.actuate.HamsterOverview;
import io.hamster.spring.actuate.HamsterOverviewPart;
import io.hamster.spring.cluster.HamsterClusterProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Auto-configuration for the {@link PeerPicker}. */
@AutoConfiguration(
        after = HamsterAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
        })
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.hash.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterHashProperties.class)
public final class HamsterHashAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(HamsterHashAutoConfiguration.class);
    private static final String LONE_PEER = "hamster.test.lone-peer";

    /** Called by Spring. */
    public HamsterHashAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RingProfile hamsterRingProfile(HamsterHashProperties properties, ObjectProvider<HashFunction> function) {
        return properties.toProfile(function::getIfAvailable);
    }

    @Bean
    @ConditionalOnMissingBean
    PeerPicker hamsterPeerPicker(
            HamsterHashProperties properties,
            RingProfile profile,
            ObjectProvider<PickerListener> listeners,
            ObjectProvider<PickSamples> samples) {
        RingPeerPickerBuilder builder = RingPeerPicker.builder()
                .profile(profile)
                .peers(properties.toPeers())
                .maxAlternatives(properties.maxAlternatives())
                .minAlivePeers(properties.minAlivePeers())
                .listener(new PickerListeners(listeners.orderedStream().toList()));
        if (properties.loadFactor() != null) {
            builder.loadFactor(properties.loadFactor());
        }
        PickSamples measured = samples.getIfAvailable();
        PeerPicker picker = measured == null ? build(builder) : measured.of(build(builder));
        // Outside, so that the application can forget picks; measured are those that aren't shared, which stats count.
        return properties.singleflight() ? new SingleflightPeerPicker(picker) : picker;
    }

    /** After the picker above, which is missing where the application has its own. */
    @Bean
    @ConditionalOnFlag("hamster.hash.singleflight")
    @ConditionalOnMissingBean(name = "hamsterPeerPicker")
    SmartInitializingSingleton hamsterUnsharedPicks(ObjectProvider<PeerPicker> pickers) {
        return () -> {
            if (pickers.stream().noneMatch(SingleflightPeerPicker.class::isInstance)) {
                log.warn("hamster.hash.singleflight is true, but the PeerPicker is the application's own and shares no"
                        + " picks. Make that bean a SingleflightPeerPicker around it, or leave the property out");
            }
        };
    }

    private static PeerPicker build(RingPeerPickerBuilder builder) {
        try {
            return builder.build();
        } catch (InvalidPeerException e) {
            throw new HamsterConfigurationException(
                    "hamster.hash.peers can't be placed: " + e.getMessage() + ".", "Correct the peers.", e);
        }
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterHashFeature")
    @Order(30)
    HamsterFeature hamsterHashFeature(HamsterHashProperties properties, RingProfile profile, PeerPicker picker) {
        if (properties.source() == PeerSource.STATIC && picker.peerCount() == 0) {
            return new HamsterFeature("peers", "");
        }
        String peers = properties.source() == PeerSource.STATIC
                ? picker.peerCount() + " by " + profile.name()
                : "from " + HamsterHashProperties.text(properties.source()) + " by " + profile.name();
        String probing = properties.healthCheck().enabled()
                ? " (probed by " + properties.healthCheck().type().name().toLowerCase(Locale.ROOT) + ")"
                : "";
        return new HamsterFeature("peers", peers + probing);
    }

    /** The cluster's nodes as peers. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnChoice(name = "hamster.hash.source", value = "cluster")
    static class ClusterSourceConfiguration {

        @Bean
        @ConditionalOnMissingBean
        ClusterPeers hamsterClusterPeers(
                PeerPicker picker,
                ObjectProvider<Cluster> cluster,
                ObjectProvider<HamsterClusterProperties> clusterProperties,
                Environment environment) {
            HamsterClusterProperties known = clusterProperties.getIfAvailable();
            boolean isMeant =
                    known == null || known.enabled() || environment.getProperty(LONE_PEER, Boolean.class, false);
            Cluster nodes = isMeant ? cluster.getIfAvailable() : null;
            if (nodes == null) {
                throw new HamsterConfigurationException(
                        "hamster.hash.source is 'cluster', but the cluster is off.",
                        "Turn it on:\n\n    hamster.cluster.enabled: true\n\n"
                                + "or set hamster.hash.source to static and list the peers in hamster.hash.peers.");
            }
            return new ClusterPeers(nodes, picker);
        }
    }

    /** What remains of the source discovery where Spring Cloud is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnChoice(name = "hamster.hash.source", value = "discovery")
    @ConditionalOnMissingClass("org.springframework.cloud.client.discovery.DiscoveryClient")
    static class MissingDiscoveryConfiguration {

        MissingDiscoveryConfiguration() {
            throw new HamsterConfigurationException(
                    "hamster.hash.source is 'discovery', but Spring Cloud isn't on the class path.", """
                    Add a Spring Cloud discovery client, for example:

                        <dependency>
                          <groupId>org.springframework.cloud</groupId>
                          <artifactId>spring-cloud-starter-netflix-eureka-client</artifactId>
                        </dependency>

                    or set hamster.hash.source to static and list the peers in hamster.hash.peers.""");
        }
    }

    /** Probing, where asked for. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnFlag("hamster.hash.health-check.enabled")
    static class ProbeConfiguration {

        @Bean
        @ConditionalOnMissingBean
        PeerProbing hamsterPeerProbing(
                PeerPicker picker,
                PeerHealthChecker checker,
                HamsterHashProperties properties,
                HamsterExecutors executors) {
            return new PeerProbing(declaredDead -> new PeerProber(
                    picker,
                    checker,
                    properties.healthCheck().toSettings(),
                    executors.scheduler(),
                    executors.contextFreeExecutor(),
                    declaredDead));
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnChoice(name = "hamster.hash.health-check.type", value = "tcp", matchIfMissing = true)
        PeerHealthChecker hamsterPeerHealthChecker(HamsterHashProperties properties) {
            properties.requireAddresses(HostPort::of);
            return new TcpPeerHealthChecker();
        }

        /** Kept apart, so that no client is made where none is needed. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnChoice(name = "hamster.hash.health-check.type", value = "http")
        @ConditionalOnMissingBean(PeerHealthChecker.class)
        static class HttpConfiguration {

            /** Readiness has the part peers only where the application adds it, as it may for the locks' sake. */
            private static final Set<String> SELF_REFERRING =
                    Set.of("/actuator/health", "/actuator/health/", "/actuator/health/readiness");

            @Bean
            @ConditionalOnMissingBean
            ProbeClient hamsterProbeClient(HamsterExecutors executors) {
                return new ProbeClient(executors.contextFreeExecutor());
            }

            @Bean
            PeerHealthChecker hamsterHttpPeerHealthChecker(ProbeClient client, HamsterHashProperties properties) {
                properties.requireAddresses(HttpPeerHealthChecker::requireProbeable);
                String path = properties.healthCheck().path();
                if (SELF_REFERRING.contains(path)) {
                    log.warn(
                            "hamster.hash.health-check.path is {}, whose answer may contain the health part peers: once"
                                    + " instances take each other as dead, they answer that they are down, and stay dead."
                                    + " Set it to /actuator/health/liveness",
                            path);
                }
                return new HttpPeerHealthChecker(client.client(), path);
            }
        }
    }

    /** Meters, where Micrometer is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    static class MeterConfiguration {

        @Bean
        @ConditionalOnMissingBean
        PickSamples hamsterPickSamples(TimeSource time) {
            return new PickSamples(time);
        }

        @Bean
        @ConditionalOnMissingBean
        RingMeters hamsterRingMeters(PeerPicker picker, PickSamples samples) {
            return new RingMeters(picker, samples);
        }
    }

    /** The overview, where Actuator is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Endpoint.class)
    static class OverviewConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterPeersOverview")
        HamsterOverviewPart hamsterPeersOverview(PeerPicker picker) {
            return overview -> overview.with(new HamsterOverview.Peers(
                    picker.alivePeerCount(), picker.peerCount(), picker.stats().loadBalance()));
        }
    }

    /** Health, where Boot's health module is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterPeersHealthPart")
        HamsterHealthPart hamsterPeersHealthPart(PeerPicker picker, ObjectProvider<PeerSourceState> source) {
            return new HamsterHealthPart(
                    "peers", new PickerHealthIndicator(picker, source.getIfAvailable(() -> Optional::empty)));
        }
    }

    /** The endpoint, where Actuator is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
    static class EndpointConfiguration {

        /** Kept apart, as the condition is itself Actuator's. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnAvailableEndpoint(RingEndpoint.class)
        static class ExposedConfiguration {

            @Bean
            @ConditionalOnMissingBean
            RingEndpoint hamsterRingEndpoint(PeerPicker picker) {
                return new RingEndpoint(picker);
            }
        }
    }

    /**
     * Several listeners as one.
     *
     * @param listeners in the order in which they hear
     */
    private record PickerListeners(List<PickerListener> listeners) implements PickerListener {

        private static final Logger log = LoggerFactory.getLogger(PickerListeners.class);

        @Override
        public void statusChanged(Peer peer, boolean alive) {
            tell(listener -> listener.statusChanged(peer, alive));
        }

        @Override
        public void failedOver(Peer owner, Peer alternative) {
            tell(listener -> listener.failedOver(owner, alternative));
        }

        private void tell(Consumer<PickerListener> event) {
            for (PickerListener listener : listeners) {
                try {
                    event.accept(listener);
                } catch (Throwable e) {
                    // The others are told all the same.
                    log.warn("A listener of the peer picker failed", e);
                }
            }
        }
    }
}
