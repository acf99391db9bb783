package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.RemoteCall;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.cluster.ClusterEngine;
import io.hamster.spring.cluster.HamsterClusterAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** The cluster in Redis as an application has it. */
@RedisTest
class RedisClusterConfigurationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final URI address;
    private final ApplicationContextRunner runner;

    RedisClusterConfigurationTests(RedisDeployment redis) {
        address = redis.addresses().get(0);
        runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        HamsterAutoConfiguration.class,
                        HamsterCodecAutoConfiguration.class,
                        DataRedisAutoConfiguration.class,
                        HamsterRedisAutoConfiguration.class,
                        HamsterClusterAutoConfiguration.class))
                .withPropertyValues(
                        "spring.data.redis.host=" + address.getHost(),
                        "spring.data.redis.port=" + address.getPort(),
                        "hamster.redis.namespace=test-" + UUID.randomUUID(),
                        "hamster.cluster.enabled=true",
                        "hamster.cluster.mode=redis");
    }

    private static Cluster ready(Cluster cluster) {
        assertThat(cluster.awaitReady(PATIENCE)).isTrue();
        return cluster;
    }

    @Test
    void hasTheDefaultsOfTheSpecification() {
        runner.run(context -> assertThat(context.getBean(HamsterRedisClusterProperties.class))
                .isEqualTo(new HamsterRedisClusterProperties(
                        Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofSeconds(10), "cluster")));
    }

    @Test
    void isAClusterOfTheInstancesWithoutAListOfNodes() {
        runner.withPropertyValues("hamster.cluster.node-name=one").run(one -> {
            Cluster first = ready(one.getBean(Cluster.class));
            assertThat(first.isLeader()).isTrue();
            assertThat(first.nodeNames()).containsExactly("one");
            assertThat(one.getBean("hamsterClusterFeature", HamsterFeature.class)
                            .description())
                    .contains("redis");
            runner.run(two -> {
                Cluster second = ready(two.getBean(Cluster.class));
                String name = second.self().name();
                assertThat(name).isNotEqualTo("one").matches(".+-[0-9a-f]{6}");
                assertThat(second.leader()).map(node -> node.name()).contains("one");
                await().atMost(PATIENCE).until(() -> first.aliveNodeCount() == 2 && second.aliveNodeCount() == 2);
                second.registerFunction("echo", String.class, text -> text);
                assertThat(first.call(RemoteCall.function("echo")
                                .node(name)
                                .argument("hello")
                                .returning(String.class)
                                .build()))
                        .contains("hello");
            });
            // A name of chance isn't missed.
            await().atMost(PATIENCE).until(() -> first.nodeNames().equals(List.of("one")));
        });
    }

    @Test
    void handsOverWhenItsContextCloses() {
        runner.withPropertyValues("hamster.cluster.node-name=stays").run(stays -> {
            Cluster other = ready(stays.getBean(Cluster.class));
            runner.withPropertyValues("hamster.cluster.node-name=goes").run(goes -> {
                Cluster leader = ready(goes.getBean(Cluster.class));
                await().atMost(PATIENCE).until(() -> {
                    other.resign().join();
                    return leader.isLeader();
                });
            });
            // The lease would run out in 15 seconds at the earliest, the announcement in 6.
            await().atMost(Duration.ofSeconds(10)).until(other::isLeader);
            await().atMost(PATIENCE).until(() -> other.lostNodeNames().equals(List.of("goes")));
        });
    }

    @Test
    void refusesANameThatIsTaken() {
        ApplicationContextRunner named = runner.withPropertyValues("hamster.cluster.node-name=taken");
        named.run(first -> {
            ready(first.getBean(Cluster.class));
            String place = " (process " + ProcessHandle.current().pid() + ")";
            // Once the first has announced itself, which it does on its own time.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> named.run(second -> assertThat(second)
                            .getFailure()
                            .hasRootCauseInstanceOf(HamsterConfigurationException.class)
                            .rootCause()
                            .hasMessageContaining("'taken'")
                            .hasMessageContaining(place + " is alive already at ")
                            .hasMessageContaining("hamster.cluster.node-name")));
        });
        named.run(again -> assertThat(again).hasNotFailed());
    }

    @Test
    void startsWhileRedisIsDownAndLeadsWhenItIsBack() {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            proxy.refuse(true);
            runner.withPropertyValues("spring.data.redis.port=" + proxy.port()).run(context -> {
                assertThat(context).hasNotFailed();
                Cluster cluster = context.getBean(Cluster.class);
                assertThat(cluster.isElecting()).isTrue();
                proxy.refuse(false);
                assertThat(ready(cluster).isLeader()).isTrue();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void healthIsDownWhileRedisIsAwayThoughTheLeaseLasts(boolean silently) {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            runner.withPropertyValues(
                            "spring.data.redis.port=" + proxy.port(),
                            "hamster.cluster.redis.election-period=10m",
                            "hamster.cluster.redis.sync-leader-interval=500ms")
                    .run(context -> {
                        Cluster cluster = ready(context.getBean(Cluster.class));
                        await().atMost(PATIENCE)
                                .untilAsserted(() ->
                                        assertThat(health(context).getStatus()).isEqualTo(Status.UP));
                        if (silently) {
                            proxy.holdReplies();
                        } else {
                            proxy.refuse(true);
                        }

                        await().atMost(PATIENCE)
                                .untilAsserted(() ->
                                        assertThat(health(context).getStatus()).isEqualTo(Status.DOWN));
                        assertThat(cluster.isLeader()).isTrue();
                        assertThat(health(context).getDetails())
                                .containsEntry("reason", "redis is away")
                                .containsKeys("since", "leader");

                        proxy.passReplies();
                        proxy.refuse(false);
                        await().atMost(PATIENCE)
                                .untilAsserted(() ->
                                        assertThat(health(context).getStatus()).isEqualTo(Status.UP));
                    });
        }
    }

    private static Health health(ApplicationContext context) {
        return Objects.requireNonNull(
                context.getBean(HamsterHealthPart.class).indicator().health());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hamster.enabled=false", "hamster.cluster.enabled=false", "hamster.cluster.mode=single"})
    void backsOffUnlessItIsAskedFor(String property) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ClusterEngine.class));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            election-interval=99ms    | hamster.cluster.redis.election-interval is 99ms. Set it to a value from 100ms to 1h.
            election-period=2h        | hamster.cluster.redis.election-period is 7200000ms. Set it to a value from 200ms to 1h.
            sync-leader-interval=0s   | hamster.cluster.redis.sync-leader-interval is 0ms. Set it to a value from 100ms to 1h.
            election-interval=30s     | hamster.cluster.redis.election-period is 30000ms, but the leader renews its lease only every 30000ms
            data-path=a{b}            | hamster.cluster.redis.data-path is 'a{b}', which can't be the prefix of keys in Redis.
            """)
    void saysWhichPropertyIsWrongAndItsRange(String property, String message) {
        runner.withPropertyValues("hamster.cluster.redis." + property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageStartingWith(message));
    }
}
