package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.ClusterEvent;
import io.hamster.cluster.ClusterListener;
import io.hamster.cluster.Members;
import io.hamster.cluster.RecordingTracker;
import io.hamster.cluster.RemoteCall;
import io.hamster.cluster.single.SingleCluster;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

@ExtendWith(OutputCaptureExtension.class)
class HamsterClusterAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class));

    private final ScriptedEngine engine = new ScriptedEngine();

    private final ApplicationContextRunner scripted = runner.withBean(ClusterEngine.class, () -> engine)
            .withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=redis");

    @Test
    void isAClusterOfOneByDefault(CapturedOutput output) {
        runner.run(context -> {
            Cluster cluster = context.getBean(Cluster.class);
            assertThat(cluster.isLeader()).isTrue();
            assertThat(cluster.term()).isZero();
            assertThat(cluster.self().name()).isEqualTo("local");
            assertThat(context.getBean(HamsterFeature.class)).isEqualTo(new HamsterFeature("cluster", "off"));
        });
        assertThat(output).doesNotContain("hamster.cluster.mode");
    }

    @Test
    void warnsWhenThereAreNodesButNoMode(CapturedOutput output) {
        runner.withPropertyValues(
                        "hamster.cluster.enabled=true",
                        "hamster.cluster.nodes[0].name=here",
                        "hamster.cluster.nodes[0].local=true",
                        "hamster.cluster.nodes[1].name=there")
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).contains("hamster.cluster.nodes are 2, but hamster.cluster.mode is 'single'");
    }

    @Test
    void warnsWhenTheModeIsSetButNotEnabled(CapturedOutput output) {
        runner.withPropertyValues("hamster.cluster.mode=redis", "hamster.cluster.nodes[0].name=elsewhere")
                .run(context ->
                        assertThat(context.getBean(Cluster.class).isLeader()).isTrue());

        assertThat(output).contains("hamster.cluster.mode is 'redis', but hamster.cluster.enabled is false");
    }

    @Test
    void namesWhatIsMissingForAMode() {
        runner.withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=cluster")
                .run(context -> assertThat(failure(context.getStartupFailure()))
                        .satisfies(e -> assertThat(e.description()).contains("hamster.cluster.mode is 'cluster'"))
                        .satisfies(e -> assertThat(e.action())
                                .contains("<artifactId>hamster-cluster</artifactId>")
                                .contains("hamster.cluster.mode: single")));
        runner.withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=redis")
                .run(context -> assertThat(failure(context.getStartupFailure()).action())
                        .contains("<artifactId>spring-boot-starter-data-redis</artifactId>"));
    }

    @Test
    void takesTheEngineOfTheMode() {
        scripted.withPropertyValues("hamster.cluster.node-name=b").run(context -> {
            assertThat(context.getBean(Cluster.class).self().name()).isEqualTo("b");
            assertThat(context.getBean(HamsterFeature.class).description()).isEqualTo("by script");
        });
        scripted.withPropertyValues("hamster.cluster.mode=single").run(context -> {
            assertThat(context.getBean(Cluster.class).self().name()).isEqualTo("local");
            assertThat(context.getBean(HamsterFeature.class).description()).isEqualTo("of one (this JVM only)");
        });
    }

    @Test
    void backsOffWhenUserProvidesCluster() {
        Cluster mine =
                SingleCluster.builder(ScriptedEngine.A, TimeSource.system()).build();
        runner.withBean("mine", Cluster.class, () -> mine)
                .withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=cluster")
                .run(context -> {
                    assertThat(context.getBean(Cluster.class)).isSameAs(mine);
                    assertThat(context.getBean(HamsterFeature.class).description())
                            .isEqualTo("provided by the application");
                    assertThat(mine.isLeader()).isTrue();
                });
        assertThat(mine.isClosed()).isTrue();
    }

    @Test
    void backsOffWhenHamsterIsDisabled() {
        runner.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Cluster.class));
    }

    @Test
    void needsNeitherMicrometerNorHealthNorJackson() {
        runner.withClassLoader(
                        new FilteredClassLoader("io.micrometer", "org.springframework.boot.health", "tools.jackson"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(Cluster.class).isLeader()).isTrue();
                });
    }

    @Test
    void appliesCustomizersInOrderAfterTheProperties() {
        List<String> order = new CopyOnWriteArrayList<>();
        runner.withBean("second", ClusterCustomizer.class, () -> new Ordered2(order))
                .withBean("first", ClusterCustomizer.class, () -> new Ordered1(order))
                .run(context -> assertThat(order).containsExactly("first", "second"));
    }

    @Test
    void registersTrackersAndListenersAndPairsTheirCallbacks() {
        RecordingTracker tracker = new RecordingTracker();
        List<ClusterEvent> events = new CopyOnWriteArrayList<>();
        scripted.withBean("tracker", RecordingTracker.class, () -> tracker)
                .withBean("listener", ClusterListener.class, () -> events::add)
                .run(context -> {
                    engine.leads(1);
                    await().untilAsserted(() -> assertThat(tracker.calls()).containsExactly("start 1"));
                });

        assertThat(tracker.calls()).containsExactly("start 1", "stop");
        assertThat(events).first().isInstanceOf(ClusterEvent.StartUp.class);
        assertThat(events).last().isInstanceOf(ClusterEvent.Close.class);
    }

    @Test
    void publishesEvents() {
        Observer observer = new Observer();
        scripted.withBean(Observer.class, () -> observer).run(context -> {
            engine.leads(3);
            await().untilAsserted(() -> assertThat(observer.masters).containsExactly(3L));
        });
        assertThat(observer.all)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly(
                        "StartUp",
                        "ElectionStart",
                        "ElectionFinish",
                        "SignMaster",
                        "StopMaster",
                        "ElectionStart",
                        "Close");
    }

    @Test
    void resignsBeforeTheWebServerDrainsAndClosesAfterItStopped() {
        List<String> order = new CopyOnWriteArrayList<>();
        scripted.withBean(
                        "drain",
                        Probe.class,
                        () -> new Probe("drain", SmartLifecycle.DEFAULT_PHASE - 1024, order, engine))
                .withBean(
                        "stop",
                        Probe.class,
                        () -> new Probe("stop", SmartLifecycle.DEFAULT_PHASE - 2048, order, engine))
                .withBean("locks", Probe.class, () -> new Probe("locks", 3072, order, engine))
                .withBean("lettuce", Probe.class, () -> new Probe("lettuce", 0, order, engine))
                .run(context -> {
                    engine.leads(1);
                    assertThat(order).containsExactly("lettuce starts", "locks starts", "stop starts", "drain starts");
                    order.clear();
                });

        assertThat(order)
                .containsExactly(
                        "drain after [start, resign workEnded=true forGood=true]",
                        "stop after [start, resign workEnded=true forGood=true]",
                        "locks after [start, resign workEnded=true forGood=true]",
                        "lettuce after [start, resign workEnded=true forGood=true, close]");
    }

    @Test
    void canBeStoppedAndStartedAgain() {
        RecordingTracker tracker = new RecordingTracker();
        runner.withBean(RecordingTracker.class, () -> tracker).run(context -> {
            ConfigurableApplicationContext restartable = context.getSourceApplicationContext();
            await().until(() -> tracker.calls().size() == 1);
            restartable.stop();
            assertThat(context.getBean(Cluster.class).isClosed()).isTrue();

            restartable.start();

            assertThat(context.getBean(Cluster.class).isLeader()).isTrue();
            await().untilAsserted(() -> assertThat(tracker.calls()).containsExactly("start 0", "stop", "start 0"));
        });
    }

    @Test
    void leavesNoThreadBehind() {
        runner.run(context -> assertThat(context).hasNotFailed());
        Set<Thread> before = hamsterThreads();

        for (int i = 0; i < 20; i++) {
            runner.withBean(RecordingTracker.class, RecordingTracker::new)
                    .run(context -> assertThat(context.getBean(Cluster.class)
                                    .callAsync(RemoteCall.function("none")
                                            .node("local")
                                            .build())
                                    .handle((value, error) -> error)
                                    .join())
                            .isNotNull());
        }

        await().untilAsserted(() -> assertThat(hamsterThreads()).isSubsetOf(before));
    }

    @Test
    void worksWithLazyInitialization() {
        runner.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withUserConfiguration(Functions.class)
                .run(context -> {
                    Cluster cluster = context.getSourceApplicationContext().getBean(Cluster.class);
                    assertThat(cluster.isLeader()).isTrue();
                    assertThat(cluster.call(RemoteCall.function("hello")
                                    .node("local")
                                    .argument("you")
                                    .returning(String.class)
                                    .build()))
                            .contains("hello you");
                });
    }

    @Test
    void reportsHealth() {
        scripted.withPropertyValues("hamster.cluster.node-name=a").run(context -> {
            Health electing = health(context);
            assertThat(electing.getStatus()).isEqualTo(Status.DOWN);
            assertThat(electing.getDetails())
                    .containsEntry("reason", "no leader is known")
                    .containsEntry("role", "none");

            engine.leads(4);
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(health(context).getDetails())
                    .containsEntry("leader", "a")
                    .containsEntry("role", "leader")
                    .containsEntry("mode", "redis")
                    .containsEntry("term", 4L)
                    .containsEntry("alive", 2)
                    .containsEntry("all", 2)
                    .containsEntry("lost", List.of());

            engine.elector().follows(5, "b");
            assertThat(health(context).getDetails())
                    .containsEntry("leader", "b")
                    .containsEntry("role", "follower");

            engine.elector().elects(5, true);
            engine.transport()
                    .receiver()
                    .membersChanged(Members.of(List.of(ScriptedEngine.A, ScriptedEngine.B), List.of()));
            assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
            assertThat(health(context).getDetails())
                    .containsEntry("role", "candidate")
                    .containsEntry("reason", "no leader: 1 of 2 nodes are in reach")
                    .containsEntry("lost", List.of("b"));
            context.getBean(Cluster.class).close();
            assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        });
    }

    @Test
    void isDownWhileTheEngineIsCutOffThoughALeaderIsKnown() {
        scripted.run(context -> {
            engine.leads(4);
            Instant since = Instant.parse("2026-01-01T00:00:00Z");
            engine.outage = Optional.of(new ClusterEngine.Outage("redis is away", since));

            assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
            assertThat(health(context).getDetails())
                    .containsEntry("reason", "redis is away")
                    .containsEntry("since", since)
                    .containsEntry("leader", "a")
                    .containsEntry("role", "leader");

            engine.outage = Optional.empty();
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
        });
    }

    private static Health health(ApplicationContext context) {
        HealthIndicator indicator = context.getBean(HamsterHealthPart.class).indicator();
        return Objects.requireNonNull(indicator.health(true));
    }

    private static HamsterConfigurationException failure(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof HamsterConfigurationException found) {
                return found;
            }
        }
        throw new AssertionError("not a configuration failure", failure);
    }

    private static Set<Thread> hamsterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hamster"))
                .collect(Collectors.toSet());
    }

    @Order(1)
    record Ordered1(List<String> order) implements ClusterCustomizer {
        @Override
        public void customize(ClusterBuilder builder) {
            order.add("first");
        }
    }

    @Order(2)
    record Ordered2(List<String> order) implements ClusterCustomizer {
        @Override
        public void customize(ClusterBuilder builder) {
            order.add("second");
        }
    }

    static class Observer {

        final List<Long> masters = new CopyOnWriteArrayList<>();
        final List<ClusterEvent> all = new CopyOnWriteArrayList<>();

        @EventListener
        void on(ClusterEvent.SignMaster event) {
            masters.add(event.term());
        }

        @EventListener
        void on(ClusterEvent event) {
            all.add(event);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Functions {

        @Bean
        Hello hello() {
            return new Hello();
        }
    }

    static class Hello {

        @RemoteFunction("hello")
        public String hello(String whom) {
            return "hello " + whom;
        }
    }

    static final class Probe implements SmartLifecycle {

        private final String name;
        private final int phase;
        private final List<String> order;
        private final ScriptedEngine engine;
        private boolean running;

        Probe(String name, int phase, List<String> order, ScriptedEngine engine) {
            this.name = name;
            this.phase = phase;
            this.order = order;
            this.engine = engine;
        }

        @Override
        public void start() {
            assertThat(engine.elector().asked()).isEmpty();
            order.add(name + " starts");
            running = true;
        }

        @Override
        public void stop() {
            order.add(name + " after " + engine.elector().asked());
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }
}
