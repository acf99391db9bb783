package io.hamster.spring.hash.cloud;

import static io.hamster.spring.hash.cloud.ScriptedClient.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.hash.PeerPicker;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.hash.HamsterHashAutoConfiguration;
import io.hamster.spring.hash.PeerSourceState;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;

class HamsterDiscoveryAutoConfigurationTests {

    private final ScriptedClient client = new ScriptedClient();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    HamsterAutoConfiguration.class,
                    HamsterHashAutoConfiguration.class,
                    HamsterDiscoveryAutoConfiguration.class))
            .withPropertyValues("hamster.hash.source=discovery");

    @Test
    void followsEventsInAContext() {
        client.knows(instance("a", null));
        runner.withBean(DiscoveryClient.class, () -> client)
                .withPropertyValues("spring.application.name=shop")
                .run(context -> {
                    PeerPicker made = context.getBean(PeerPicker.class);
                    assertThat(made.peerCount()).isEqualTo(1);

                    client.knows(instance("a", null), instance("b", null));
                    context.publishEvent(new HeartbeatEvent(this, 1));
                    Awaitility.await().until(() -> made.peerCount() == 2);

                    client.knows(instance("c", null));
                    context.publishEvent(new InstanceRegisteredEvent<>(this, "config"));
                    Awaitility.await().until(() -> made.peer("c").isPresent());
                    assertThat(client.service).isEqualTo("shop");
                });
    }

    @Test
    void showsInHealthThatThePeersMayBeOld() {
        client.knows(instance("a", null));
        asking().run(context -> {
            assertThat(health(context.getBean(HamsterHealthPart.class)).getDetails())
                    .doesNotContainKey("degraded");
            client.knows();
            context.publishEvent(new HeartbeatEvent(this, 1));
            Awaitility.await()
                    .until(() ->
                            context.getBean(PeerSourceState.class).problem().isPresent());

            Health health = health(context.getBean(HamsterHealthPart.class));
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("degraded").toString()).contains("the last peers are kept");
        });
    }

    @Test
    void isDegradedWhileTheClientFails() {
        client.knows(instance("a", null));
        asking().run(context -> {
            HamsterHealthPart part = context.getBean(HamsterHealthPart.class);
            assertThat(health(part).getStatus()).isEqualTo(Status.UP);
            client.fails = new IllegalStateException("by the test");
            context.publishEvent(new HeartbeatEvent(this, 1));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(health(part).getStatus()).isEqualTo(HamsterHealthPart.DEGRADED));

            context.getBean(PeerPicker.class).updatePeerStatus("a", false);
            assertThat(health(part).getStatus()).as("too few alive").isEqualTo(Status.DOWN);
            context.getBean(PeerPicker.class).updatePeerStatus("a", true);
            client.fails = null;
            context.publishEvent(new HeartbeatEvent(this, 2));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(health(part).getStatus()).isEqualTo(Status.UP));
        });
    }

    /** As no pick works, but the client's answer doesn't depend on this instance's health. */
    @Test
    void isDownIfTheClientHasNeverAnswered() {
        client.fails = new IllegalStateException("by the test");
        asking().run(context -> {
            Health health = health(context.getBean(HamsterHealthPart.class));
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails().get("degraded").toString()).contains("failed with IllegalStateException");
        });
    }

    /** A registry may list healthy instances only: this one, were it down for want of them, would never be listed. */
    @Test
    void isUnknownIfTheClientKnowsNoInstanceYet() {
        asking().run(context -> {
            Health health = health(context.getBean(HamsterHealthPart.class));
            assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails().get("degraded").toString()).contains("knows no instance of shop");
        });
    }

    private ApplicationContextRunner asking() {
        return runner.withBean(DiscoveryClient.class, () -> client)
                .withPropertyValues("hamster.hash.discovery.service-id=shop", "hamster.hash.discovery.interval=1d");
    }

    @Test
    void refusesToStartWithoutClientServiceOrSpringCloud() {
        runner.withPropertyValues("spring.application.name=shop")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining("no DiscoveryClient bean"));
        runner.withBean(DiscoveryClient.class, () -> client)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining("hamster.hash.discovery.service-id"));
        runner.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageContaining("Spring Cloud isn't on the class path"));
    }

    @Test
    void isNotThereForOtherSources() {
        runner.withPropertyValues("hamster.hash.source=static")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(DiscoveryPeers.class));
        runner.withPropertyValues("hamster.hash.source=static")
                .withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(PeerPicker.class));
    }

    @Test
    void leavesNoThreadsBehind() {
        Set<Thread> before = hamsterThreads();
        client.knows(instance("a", null));
        for (int i = 0; i < 20; i++) {
            runner.withBean(DiscoveryClient.class, () -> client)
                    .withPropertyValues("spring.application.name=shop", "hamster.hash.discovery.interval=100ms")
                    .run(context -> assertThat(context.getBean(PeerPicker.class).peerCount())
                            .isEqualTo(1));
        }
        Awaitility.await().untilAsserted(() -> assertThat(hamsterThreads()).isSubsetOf(before));
    }

    private static Set<Thread> hamsterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hamster-"))
                .collect(Collectors.toSet());
    }

    private static Health health(HamsterHealthPart part) {
        return part.indicator().health();
    }
}
