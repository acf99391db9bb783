package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.LoopbackGroup;
import io.hamster.cluster.Node;
import io.hamster.cluster.RemoteCall;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Three application contexts as one cluster. */
class ClusterOfThreeTests {

    private final List<AnnotationConfigApplicationContext> contexts = new ArrayList<>();
    private static final AtomicInteger runs = new AtomicInteger();

    @BeforeEach
    void start() {
        runs.set(0);
        List<ClusterBuilder> builders = new LoopbackGroup(List.of("a", "b", "c")).builders();
        for (ClusterBuilder builder : builders) {
            AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
            TestPropertyValues.of("hamster.cluster.enabled=true", "hamster.cluster.mode=cluster")
                    .applyTo(context);
            context.registerBean(ClusterEngine.class, () -> new Loopback(builder));
            context.register(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class,
                    Job.class);
            context.refresh();
            contexts.add(context);
        }
    }

    @AfterEach
    void close() {
        contexts.forEach(AnnotationConfigApplicationContext::close);
    }

    @Test
    void runsOnOneNodeUntilItStopsAndThenOnAnother() {
        await().until(() ->
                contexts.stream().allMatch(context -> cluster(context).isReady()));

        assertThat(ranOn()).containsExactly("a");
        contexts.get(0).close();
        assertThat(cluster(contexts.get(1)).isLeader()).isTrue();
        contexts.remove(0);

        assertThat(ranOn()).containsExactly("b");
        assertThat(runs).hasValue(2);
    }

    @Test
    void callsBeansOfOtherNodes() {
        for (AnnotationConfigApplicationContext from : contexts) {
            for (String to : List.of("a", "b", "c")) {
                assertThat(cluster(from)
                                .call(RemoteCall.function("where")
                                        .node(to)
                                        .returning(String.class)
                                        .build()))
                        .contains(to);
            }
        }
        assertThat(cluster(contexts.get(2))
                        .broadcast(RemoteCall.function("where")
                                .returning(String.class)
                                .build())
                        .join())
                .hasSize(3)
                .allSatisfy((node, answer) -> assertThat(answer.value()).contains(node));
    }

    private List<String> ranOn() {
        return contexts.stream()
                .map(context -> context.getBean(Job.class).run())
                .flatMap(Optional::stream)
                .toList();
    }

    private static Cluster cluster(AnnotationConfigApplicationContext context) {
        return context.getBean(Cluster.class);
    }

    static class Job {

        private final Cluster cluster;

        Job(Cluster cluster) {
            this.cluster = cluster;
        }

        @LeaderOnly
        public Optional<String> run() {
            runs.incrementAndGet();
            return Optional.of(cluster.self().name());
        }

        @RemoteFunction("where")
        public String where() {
            return cluster.self().name();
        }
    }

    private record Loopback(ClusterBuilder builder) implements ClusterEngine {

        @Override
        public ClusterMode mode() {
            return ClusterMode.CLUSTER;
        }

        @Override
        public String description() {
            return "in one JVM";
        }

        @Override
        public ClusterBuilder builder(Optional<Node> self, List<Node> nodes) {
            return builder;
        }
    }
}
