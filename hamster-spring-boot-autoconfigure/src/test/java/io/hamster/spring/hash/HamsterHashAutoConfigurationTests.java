package io.hamster.spring.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.hash.HashFunction;
import io.hamster.hash.HashRing;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerListener;
import io.hamster.hash.RingPeerPicker;
import io.hamster.hash.RingProfile;
import io.hamster.hash.SingleflightPeerPicker;
import io.hamster.hash.health.PeerHealthChecker;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterActuatorAutoConfiguration;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class HamsterHashAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(HamsterAutoConfiguration.class, HamsterHashAutoConfiguration.class));

    private final ApplicationContextRunner three = runner.withPropertyValues(
            "hamster.hash.peers[0].id=a",
            "hamster.hash.peers[0].address=10.0.0.1:80",
            "hamster.hash.peers[1].id=b",
            "hamster.hash.peers[1].address=10.0.0.2:80",
            "hamster.hash.peers[2].id=c",
            "hamster.hash.peers[2].address=10.0.0.3:80",
            "hamster.hash.peers[2].weight=200");

    @Test
    void picksAmongTheConfiguredPeers() {
        three.run(context -> {
            PeerPicker picker = context.getBean(PeerPicker.class);
            assertThat(picker).isInstanceOf(RingPeerPicker.class);
            assertThat(picker.peers()).extracting(Peer::id).containsExactly("a", "b", "c");
            assertThat(picker.peer("c")).map(Peer::weight).contains(200);
            assertThat(picker.stats().virtualNodes()).isEqualTo(600);
            assertThat(picker.pickPeer("key"))
                    .isEqualTo(
                            HashRing.of(RingProfile.hamster(), picker.peers()).owner("key"));
            assertThat(context.getBean(HamsterFeature.class)).isEqualTo(new HamsterFeature("peers", "3 by hamster"));
            assertThat(context).doesNotHaveBean(PeerProbing.class).doesNotHaveBean(PeerHealthChecker.class);
        });
    }

    @Test
    void hasNoPeersByDefault() {
        runner.run(context -> {
            assertThat(context.getBean(PeerPicker.class).peerCount()).isZero();
            assertThat(context.getBean(HamsterFeature.class).description()).isEmpty();
        });
    }

    @Test
    void backsOffWhenDisabled() {
        runner.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PeerPicker.class));
        runner.withPropertyValues("hamster.hash.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PeerPicker.class));
    }

    @Test
    void backsOffWhenUserProvidesPeerPicker() {
        RingPeerPicker mine =
                RingPeerPicker.builder().peers(List.of(new Peer("mine", "m:1"))).build();
        three.withBean("mine", PeerPicker.class, () -> mine).run(context -> {
            assertThat(context.getBean(PeerPicker.class)).isSameAs(mine);
            assertThat(context.getBean(HamsterFeature.class).description()).isEqualTo("1 by hamster");
        });
    }

    @Test
    void backsOffWhenUserProvidesProfile() {
        three.withBean(RingProfile.class, RingProfile::maglev)
                .run(context ->
                        assertThat(profile(context.getBean(PeerPicker.class))).isEqualTo("maglev"));
    }

    @Test
    void takesEachProfile() {
        for (ProfileName name : ProfileName.values()) {
            three.withPropertyValues("hamster.hash.profile=" + name).run(context -> {
                assertThat(profile(context.getBean(PeerPicker.class))).isEqualTo(name.toString());
                assertThat(context.getBean(PeerPicker.class).pickPeer("key")).isNotNull();
            });
        }
    }

    @Test
    void appliesFunctionAndReplicas() {
        three.withPropertyValues("hamster.hash.function=murmur3_32", "hamster.hash.replicas=auto")
                .run(context -> assertThat(
                                context.getBean(PeerPicker.class).stats().replicas())
                        .isEqualTo(300));
        three.withPropertyValues("hamster.hash.profile=groupcache")
                .run(context -> assertThat(
                                context.getBean(PeerPicker.class).stats().replicas())
                        .as("groupcache's own default")
                        .isEqualTo(50));
        three.withPropertyValues("hamster.hash.profile=envoy", "hamster.hash.envoy.minimum-ring-size=12")
                .run(context -> assertThat(
                                context.getBean(PeerPicker.class).stats().virtualNodes())
                        .isEqualTo(12));
        three.withPropertyValues("hamster.hash.profile=maglev", "hamster.hash.maglev.table-size=251")
                .run(context -> assertThat(
                                context.getBean(PeerPicker.class).stats().virtualNodes())
                        .isEqualTo(251));
    }

    @Test
    void usesAHashFunctionBeanUnlessOneIsConfigured() {
        AtomicInteger calls = new AtomicInteger();
        HashFunction mine = text -> {
            calls.incrementAndGet();
            return text.hashCode();
        };
        three.withBean(HashFunction.class, () -> mine).run(context -> {
            context.getBean(PeerPicker.class).pickPeer("key");
            assertThat(calls).hasPositiveValue();
        });
        calls.set(0);
        three.withBean(HashFunction.class, () -> mine)
                .withPropertyValues("hamster.hash.function=xxh64")
                .run(context -> {
                    context.getBean(PeerPicker.class).pickPeer("key");
                    assertThat(calls).hasValue(0);
                });
    }

    @Test
    void appliesTheRestOfTheProperties() {
        three.withPropertyValues(
                        "hamster.hash.max-alternatives=0",
                        "hamster.hash.min-alive-peers=3",
                        "hamster.hash.load-factor=1.25",
                        "hamster.hash.singleflight=true")
                .run(context -> {
                    PeerPicker picker = context.getBean(PeerPicker.class);
                    assertThat(picker).isInstanceOf(SingleflightPeerPicker.class);
                    Peer owner = picker.pickPeer("key");
                    picker.acquire("key");
                    assertThat(picker.acquire("key").peer())
                            .as("the owner has its part already")
                            .isNotEqualTo(owner);
                    picker.updatePeerStatus(owner.id(), false);
                    assertThat(picker.health().message()).contains("at least 3");
                    assertThat(failureOf(() -> picker.pickPeer("key"))).hasMessageContaining("1 peers tried");
                });
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void saysThatItDoesNotSharePicksOfTheUsersPicker(CapturedOutput output) {
        RingPeerPicker plain =
                RingPeerPicker.builder().peers(List.of(new Peer("mine", "m:1"))).build();
        String warning = "hamster.hash.singleflight is true, but";
        ApplicationContextRunner sharing = runner.withPropertyValues("hamster.hash.singleflight=true");
        sharing.run(context -> assertThat(output).doesNotContain(warning));
        sharing.withBean(PeerPicker.class, () -> new SingleflightPeerPicker(plain))
                .run(context -> assertThat(output).doesNotContain(warning));
        runner.withBean(PeerPicker.class, () -> plain)
                .run(context -> assertThat(output).doesNotContain(warning));

        sharing.withBean(PeerPicker.class, () -> plain).run(context -> {
            assertThat(context.getBean(PeerPicker.class)).isSameAs(plain);
            assertThat(output).containsOnlyOnce(warning);
        });
    }

    @Test
    void tellsListenerBeans() {
        List<String> heard = new ArrayList<>();
        PickerListener listener = new PickerListener() {
            @Override
            public void statusChanged(Peer peer, boolean alive) {
                heard.add(peer.id() + " " + alive);
            }
        };
        three.withBean("one", PickerListener.class, () -> listener)
                .withBean("other", PickerListener.class, () -> listener)
                .run(context -> {
                    context.getBean(PeerPicker.class).updatePeerStatus("a", false);
                    assertThat(heard).containsExactly("a false", "a false");
                });
    }

    @Test
    void refusesWeightsThatFillTheHeap() {
        three.withPropertyValues(
                        "hamster.hash.replicas=1000",
                        "hamster.hash.peers[0].weight=1000000",
                        "hamster.hash.peers[1].weight=1000000")
                .run(context -> assertThat(configurationFailure(context.getStartupFailure()))
                        .hasMessageContaining("hamster.hash.peers")
                        .hasMessageContaining("8388608"));
    }

    @Test
    void contributesHealth() {
        three.withConfiguration(AutoConfigurations.of(
                        HealthContributorAutoConfiguration.class, HamsterActuatorAutoConfiguration.class))
                .run(context -> {
                    CompositeHealthContributor hamster =
                            context.getBean("hamsterHealthContributor", CompositeHealthContributor.class);
                    HealthIndicator peers = (HealthIndicator) hamster.getContributor("peers");
                    assertThat(peers.health().getStatus()).isEqualTo(Status.UP);
                    PeerPicker picker = context.getBean(PeerPicker.class);
                    picker.peers().forEach(peer -> picker.updatePeerStatus(peer.id(), false));

                    Health down = peers.health();
                    assertThat(down.getStatus()).isEqualTo(Status.DOWN);
                    assertThat(down.getDetails())
                            .containsEntry("alive", 0)
                            .containsEntry("all", 3)
                            .containsEntry("dead", List.of("a", "b", "c"));
                });
        runner.run(context -> assertThat(context.getBean(HamsterHealthPart.class)
                        .indicator()
                        .health()
                        .getStatus())
                .as("no peers")
                .isEqualTo(Status.UNKNOWN));
    }

    @Test
    void needsNeitherActuatorNorMicrometer() {
        three.withClassLoader(new FilteredClassLoader(MeterRegistry.class, HealthIndicator.class))
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(PickSamples.class);
                    assertThat(context.getBean(PeerPicker.class).pickPeer("key"))
                            .isNotNull();
                });
    }

    @Test
    void measuresPicks() {
        three.withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class))
                .withPropertyValues("hamster.hash.singleflight=true")
                .run(context -> {
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    PeerPicker picker = context.getBean(PeerPicker.class);
                    assertThat(picker).as("has forget").isInstanceOf(SingleflightPeerPicker.class);
                    assertThat(registry.get("hamster.singleflight.shared")
                                    .functionCounter()
                                    .count())
                            .isZero();
                    for (int i = 0; i < 5_000; i++) {
                        picker.pickPeer("key" + i);
                    }
                    assertThat(registry.get("hamster.ring.pick").functionTimer().count())
                            .isEqualTo(5_000);
                    assertThat(registry.get("hamster.ring.pick").functionTimer().totalTime(TimeUnit.NANOSECONDS))
                            .isPositive();
                    assertThat(registry.get("hamster.ring.balance").gauge().value())
                            .isEqualTo(picker.stats().loadBalance())
                            .isPositive();

                    picker.updatePeerStatus(picker.pickPeer("key").id(), false);
                    picker.pickPeer("key");
                    assertThat(registry.get("hamster.ring.failovers")
                                    .functionCounter()
                                    .count())
                            .isEqualTo(1);
                });
    }

    @Test
    void measuresWhatTheUsersPickerShares() {
        SingleflightPeerPicker mine = new SingleflightPeerPicker(
                RingPeerPicker.builder().peers(List.of(new Peer("mine", "m:1"))).build());
        runner.withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class))
                .withBean(PeerPicker.class, () -> mine)
                .run(context -> {
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.find("hamster.singleflight.shared").functionCounter())
                            .isNotNull();
                    assertThat(registry.find("hamster.ring.pick").functionTimer())
                            .as("not measured")
                            .isNull();
                });
    }

    @Test
    void leavesNoThreadsBehind() {
        Set<Thread> before = hamsterThreads();
        for (int i = 0; i < 20; i++) {
            three.withPropertyValues("hamster.hash.health-check.enabled=true", "hamster.hash.health-check.type=http")
                    .run(context -> assertThat(context).hasSingleBean(PeerProbing.class));
        }
        await().untilAsserted(() -> assertThat(hamsterThreads()).isSubsetOf(before));
    }

    private static Set<Thread> hamsterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hamster-"))
                .collect(Collectors.toSet());
    }

    private static String profile(PeerPicker picker) {
        return picker.currentRing().orElseThrow().profile().name();
    }

    private static Throwable failureOf(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("Nothing was thrown");
    }

    private static HamsterConfigurationException configurationFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HamsterConfigurationException found) {
                return found;
            }
        }
        throw new AssertionError("Not a configuration failure", failure);
    }
}
