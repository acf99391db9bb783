package io.hamster.spring.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.HeldLock;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockStore;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.lock.LockRequests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.DefaultLockRegistry;
import org.springframework.integration.support.locks.LockRegistry;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;

/** The registry under what Spring Integration uses registries for. */
class SpringIntegrationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    HamsterAutoConfiguration.class,
                    HamsterLockAutoConfiguration.class,
                    HamsterLockRegistryAutoConfiguration.class));

    @Test
    void anAggregatorHoldsItsGroupsLockWhileItReleasesTheGroup() {
        runner.withUserConfiguration(Aggregation.class).run(context -> {
            MessageChannel input = context.getBean("input", MessageChannel.class);
            for (String part : List.of("a", "b", "c")) {
                input.send(MessageBuilder.withPayload(part)
                        .setCorrelationId("order-4711")
                        .setSequenceSize(3)
                        .build());
            }

            Aggregation aggregation = context.getBean(Aggregation.class);
            assertThat(aggregation.whole).containsExactly("a+b+c");
            assertThat(aggregation.heldMeanwhile)
                    .singleElement()
                    .satisfies(held -> assertThat(held.key()).startsWith("integration:"));
            assertThat(context.getBean(LockClient.class).admin().list(10)).isEmpty();
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Aggregation {

        final List<HeldLock> heldMeanwhile = new ArrayList<>();
        final List<String> whole = new ArrayList<>();

        @Bean
        IntegrationFlow flow(LockRegistry<?> locks, LockClient client) {
            return IntegrationFlow.from("input")
                    .aggregate(aggregator -> aggregator.lockRegistry(locks).outputProcessor(group -> {
                        heldMeanwhile.addAll(client.admin().list(10));
                        return group.getMessages().stream()
                                .map(Message::getPayload)
                                .map(String.class::cast)
                                .collect(Collectors.joining("+"));
                    }))
                    .handle(String.class, (payload, headers) -> {
                        whole.add(payload);
                        return null;
                    })
                    .get();
        }
    }

    @Test
    void leadershipIsOneInstancesAndGoesToTheNextWhenItsLockIsTakenAway() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        // What is found in its queue in the end is then work that nobody has cancelled.
        scheduler.setRemoveOnCancelPolicy(true);
        // A leader learns at its next renewal, a third of the lease later, that another instance took its lock away.
        runner.withPropertyValues("hamster.lock.lease=9s").run(context -> {
            try (LockClient other = LockClient.builder(context.getBean(LockStore.class), scheduler, Runnable::run)
                    .build()) {
                Role here = new Role("here");
                Role there = new Role("there");
                LockRegistryLeaderInitiator first = initiator(context.getBean(HamsterLockRegistry.class), here);
                LockRegistryLeaderInitiator second = initiator(
                        new HamsterLockRegistry(other, context.getBean(LockRequests.class), "integration:"), there);
                first.start();
                await().until(() -> here.leads);
                second.start();
                await().until(() -> !other.admin().list(10).isEmpty());
                assertThat(there.leads).isFalse();

                // Whoever is behind gets it before the old leader has noticed.
                other.admin().forceRelease("integration:leader");
                await().atMost(Duration.ofSeconds(20)).until(() -> here.granted.size() + there.granted.size() == 2);

                await().atMost(Duration.ofSeconds(20)).until(() -> here.leads != there.leads);
                assertThat(here.revoked).hasSize(1);
                second.stop();
                first.stop();
                await().until(() -> !here.leads && !there.leads);
                await().until(() -> other.status("integration:leader").isEmpty());
            }
        });
        assertThat(scheduler.shutdownNow()).isEmpty();
    }

    private static LockRegistryLeaderInitiator initiator(HamsterLockRegistry registry, Role role) {
        LockRegistryLeaderInitiator initiator = new LockRegistryLeaderInitiator(registry, role);
        initiator.setHeartBeatMillis(50);
        initiator.setBusyWaitMillis(20);
        return initiator;
    }

    private static final class Role extends DefaultCandidate {

        private final List<Context> granted = new CopyOnWriteArrayList<>();
        private final List<Context> revoked = new CopyOnWriteArrayList<>();
        private volatile boolean leads;

        private Role(String id) {
            super(id, "leader");
        }

        @Override
        public void onGranted(Context leadership) {
            leads = true;
            granted.add(leadership);
        }

        @Override
        public void onRevoked(Context leadership) {
            leads = false;
            revoked.add(leadership);
        }
    }

    @Test
    void backsOffFromAnotherRegistryAndWhenSwitchedOff() {
        runner.withBean(DefaultLockRegistry.class)
                .run(context -> assertThat(context).doesNotHaveBean(HamsterLockRegistry.class));
        runner.withPropertyValues("hamster.lock.integration.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LockRegistry.class));
        runner.withPropertyValues("hamster.lock.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LockRegistry.class));
        runner.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LockRegistry.class));
    }

    @Test
    void backsOffWithoutSpringIntegration() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.integration"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("hamsterLockRegistry"));
    }

    @Test
    void refusesAPrefixThatCannotBeginAKey() {
        runner.withPropertyValues("hamster.lock.integration.prefix=" + "x".repeat(130))
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("Lock key"));
    }
}
