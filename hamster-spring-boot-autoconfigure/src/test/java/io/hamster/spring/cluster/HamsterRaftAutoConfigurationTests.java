package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.SharedTier;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Node;
import io.hamster.cluster.ScriptedElector;
import io.hamster.cluster.ScriptedTransport;
import io.hamster.cluster.raft.RaftMember;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.lock.LockAdmin;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.codec.JacksonCodec;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.lock.LockStoreInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class HamsterRaftAutoConfigurationTests {

    private final ScriptedGroup group = new ScriptedGroup();

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterLockAutoConfiguration.class,
                    HamsterCacheAutoConfiguration.class,
                    HamsterRaftAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class))
            .withBean(RaftEngineFactory.class, () -> group);

    private final ApplicationContextRunner runner = bare.withPropertyValues(
            "hamster.cluster.enabled=true",
            "hamster.cluster.mode=cluster",
            "hamster.cluster.node-name=b",
            "hamster.cluster.nodes[0].name=a",
            "hamster.cluster.nodes[0].host=127.0.0.1",
            "hamster.cluster.nodes[0].port=7800",
            "hamster.cluster.nodes[1].name=b",
            "hamster.cluster.nodes[1].host=127.0.0.1",
            "hamster.cluster.nodes[1].port=7810",
            "hamster.cluster.nodes[2].name=c",
            "hamster.cluster.nodes[2].host=127.0.0.1",
            "hamster.cluster.nodes[2].port=7820",
            "hamster.cluster.nodes[2].raft-port=7900",
            "hamster.cluster.raft.directory=target/raft");

    @Test
    void makesOneGroupOfTheProperties() {
        runner.withPropertyValues(
                        "hamster.lock.store=cluster",
                        "hamster.lock.command-timeout=3s",
                        "hamster.cluster.timeout=7s",
                        "hamster.cluster.raft.bootstrap=true",
                        "hamster.cluster.raft.election-timeout-min=200ms",
                        "hamster.cluster.raft.election-timeout-max=400ms",
                        "hamster.cluster.raft.lease=500ms",
                        "hamster.cluster.raft.snapshot-every=5000")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(group.made).hasSize(1);
                    RaftMembers members = group.made.get(0);
                    assertThat(members.self().node().name()).isEqualTo("b");
                    assertThat(members.names()).containsExactly("a", "b", "c");
                    assertThat(members.all()).extracting(RaftMember::raftPort).containsExactly(7801, 7811, 7900);
                    assertThat(group.settings)
                            .isEqualTo(new RaftSettings(
                                    Path.of("target/raft"),
                                    true,
                                    Duration.ofMillis(200),
                                    Duration.ofMillis(400),
                                    Duration.ofMillis(500),
                                    5000,
                                    Duration.ofSeconds(7)));
                    assertThat(group.lockCommandTimeout).isEqualTo(Duration.ofSeconds(3));
                    assertThat(context.getBean(Cluster.class).self())
                            .isEqualTo(members.self().node());
                });
    }

    @Test
    void hasTheDefaultsOfTheModule() {
        runner.run(context -> assertThat(group.settings).isEqualTo(RaftSettings.of(Path.of("target/raft"), false)));
    }

    @Test
    void theGroupsElectorAndTransportMakeTheCluster() {
        runner.run(context -> {
            Cluster cluster = context.getBean(Cluster.class);
            assertThat(cluster.isReady()).isFalse();

            group.leads(3);

            assertThat(cluster.isLeader()).isTrue();
            assertThat(cluster.nodeNames()).containsExactly("a", "b", "c");
            assertThat(feature(context, "cluster")).isEqualTo("by Raft (nodes a, b, c)");
        });
        assertThat(group.elector.asked()).first().isEqualTo("start");
        assertThat(group.elector.asked()).last().isEqualTo("close");
    }

    @Test
    void saysWhyANodeCanNotTakePart() {
        group.elector.failWith(new ClusterConfigurationException("The directory is damaged; empty it"));

        runner.run(context -> assertThat(refusal(context))
                .hasMessageStartingWith(
                        "Node 'b' can't take part in its cluster: The directory is damaged; empty it."));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesAClusterThatTheGroupWouldNotStartWith(boolean lazily) {
        runner.withBean(Cluster.class, HamsterRaftAutoConfigurationTests::ownCluster)
                .withPropertyValues("spring.main.lazy-initialization=" + lazily, "hamster.lock.store=cluster")
                .run(context -> assertThat(refusal(context))
                        .hasMessageStartingWith(
                                "hamster.cluster.mode is 'cluster', but the application has a Cluster bean of its own")
                        .hasMessageContaining("hamster.cluster.mode: single"));
        runner.withBean(Cluster.class, HamsterRaftAutoConfigurationTests::ownCluster)
                .withPropertyValues("hamster.cluster.mode=single")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void locksAreTheGroups() {
        runner.withPropertyValues("hamster.lock.store=cluster").run(context -> {
            assertThat(context.getBean(LockStore.class)).isSameAs(group.locks);
            assertThat(context.getBean(LockStoreInfo.class).name()).isEqualTo("cluster");
            assertThat(feature(context, "locks")).isEqualTo("in the cluster (all instances of the group a, b, c)");

            context.getBean(LockClient.class).lock(LockRequest.of("x"));

            assertThat(context.getBean(LockAdmin.class).list(10)).hasSize(1);
            assertThat(group.locks.status("x").toCompletableFuture().join()).isPresent();
        });
    }

    @Test
    void locksStayWhereTheyAreUnlessTheStoreSaysOtherwise() {
        runner.run(context -> {
            assertThat(context.getBean(LockStore.class)).isNotSameAs(group.locks);
            assertThat(feature(context, "locks")).isEqualTo("in memory (this JVM only)");
        });
    }

    @Test
    void locksAreDownWithoutALeader() {
        runner.withPropertyValues("hamster.lock.store=cluster").run(context -> {
            assertThat(health(context, "locks").getStatus()).isEqualTo(Status.DOWN);
            assertThat(health(context, "locks").getDetails())
                    .containsEntry("store", "cluster")
                    .containsEntry("leader", "none");
            await().untilAsserted(() -> assertThat(
                            health(context, "locks").getDetails().get("since"))
                    .isInstanceOf(Instant.class)
                    .isEqualTo(health(context, "cluster").getDetails().get("since")));

            group.elector.follows(2, "c");

            assertThat(health(context, "locks").getStatus()).isEqualTo(Status.UP);
            assertThat(health(context, "locks").getDetails())
                    .containsEntry("leader", "c")
                    .doesNotContainKey("since");
        });
    }

    /** Who remembers since when is told of a leader after the cluster knows it. */
    @Test
    void locksWithALeaderAreNotLeaderlessSince() {
        ScriptedElector elector = new ScriptedElector();
        Node b = Node.of("b", "127.0.0.1", 1);
        Node c = Node.of("c", "127.0.0.1", 2);
        try (Cluster cluster =
                Cluster.builder(b, elector, new ScriptedTransport(b, c)).build()) {
            RaftLockHealth health = new RaftLockHealth(() -> cluster, () -> Optional.of(Instant.EPOCH));
            cluster.start();
            assertThat(health.details()).containsEntry("leader", "none").containsEntry("since", Instant.EPOCH);

            elector.follows(1, "c");

            assertThat(health.details()).containsExactly(entry("leader", "c"));
        }
    }

    @Test
    void healthSaysWhatTheGroupWaitsFor() {
        runner.run(context -> {
            group.waitingFor = Optional.of("waits for nodes a, c to found the group");

            assertThat(health(context, "cluster").getDetails())
                    .containsEntry("reason", "waits for nodes a, c to found the group")
                    .containsEntry("mode", "cluster");

            group.waitingFor = Optional.empty();
            assertThat(health(context, "cluster").getDetails()).containsEntry("reason", "no leader is known");
        });
    }

    @Test
    void releasesLocksBeforeTheTransportCloses() {
        List<String> order = new ArrayList<>();
        runner.withPropertyValues("hamster.lock.store=cluster")
                .withBean(Between.class, () -> new Between(order, group))
                .run(context -> {
                    context.getBean(LockClient.class).lock(LockRequest.of("x"));
                    assertThat(group.locks.status("x").toCompletableFuture().join())
                            .isPresent();
                });

        assertThat(order).containsExactly("lock free, transport open");
        assertThat(group.transport.closed()).isTrue();
    }

    @Test
    void cachesTellEachOtherOverTheGroup() {
        runner.withPropertyValues("hamster.test.manual-time=true", "hamster.cache.caches.books.tells-others=true")
                .run(context -> {
                    HamsterCache<String, String> books =
                            context.getBean(CacheClient.class).cache("books");
                    HamsterCache<String, String> alone =
                            context.getBean(CacheClient.class).cache("alone");
                    books.get("k", key -> "v");
                    int before = group.channel.sent.size();

                    alone.invalidate("k");
                    assertThat(group.channel.sent).hasSize(before);
                    books.invalidate("k");

                    assertThat(group.channel.sent).hasSize(before + 1);
                    assertThat(new String(group.channel.sent.get(before), StandardCharsets.ISO_8859_1))
                            .contains("books");
                    assertThat(health(context, "caches").getDetails())
                            .containsEntry("store", "local and cluster")
                            .hasEntrySatisfying(
                                    "scope",
                                    scope -> assertThat(scope).asString().startsWith("all instances of the group "));
                });
    }

    @Test
    void theGroupKeepsNoEntriesOfCaches() {
        runner.withPropertyValues(
                        "hamster.cache.caches.books.tier=two-level",
                        "hamster.cache.caches.books.value-type=java.lang.String")
                .run(context -> assertThat(refusal(context))
                        .hasMessageStartingWith("Cache 'books' has tier TWO_LEVEL")
                        .hasMessageContaining("hamster.cache.caches.books.tier=local"));
    }

    @Test
    void cachesShareTheirLoadsOverTheGroup() {
        runner.withPropertyValues(
                        "hamster.cache.caches.books.load-scope=cluster",
                        "hamster.cache.caches.books.value-type=java.lang.String")
                .run(context -> {
                    HamsterCache<String, String> books =
                            context.getBean(CacheClient.class).cache("books");

                    assertThat(books.get("k", key -> "v")).contains("v");

                    assertThat(books.policy().loadScope()).isEqualTo(LoadScope.CLUSTER);
                    assertThat(books.stats().loadsAlone()).isZero();
                    assertThat(health(context, "caches").getDetails()).containsEntry("store", "local and cluster");
                });
    }

    @Test
    void sharedLoadsNeedTheTypeOfTheirValues() {
        runner.withPropertyValues("hamster.cache.caches.books.load-scope=cluster")
                .withBean(CachesByName.class)
                .run(context -> assertThat(refusal(context)).hasMessageContaining("value-type"));
    }

    /** Uses a cache of which nothing but the name is known. */
    static final class CachesByName {

        CachesByName(CacheClient caches) {
            caches.cache("books");
        }
    }

    @Test
    void leavesCachesToWhatKeepsTheirEntries() {
        SharedTier theirs = SharedTier.of(
                (cache, version, ttl) -> {
                    throw new AssertionError("no cache asks for it");
                },
                new JacksonCodec(JsonMapper.builder().build()));
        runner.withBean(SharedTier.class, () -> theirs)
                .run(context -> assertThat(context).getBean(SharedTier.class).isSameAs(theirs));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.cluster.nodes[1].port=0                | hamster.cluster.nodes[1].port, that of node 'b', isn't set
            hamster.cluster.nodes[1].raft-port=7810        | hamster.cluster.nodes[1].raft-port, that of node 'b', is 7810 and its port is 7810
            hamster.cluster.nodes[1].raft-port=70000       | hamster.cluster.nodes: Node 'b' has the Raft port 70000
            hamster.cluster.nodes[1].port=65535            | hamster.cluster.nodes[1].raft-port, that of node 'b', is 65536
            hamster.cluster.nodes[1].port=7801             | hamster.cluster.nodes: nodes 'a' and 'b' both use port 7801 of 127.0.0.1
            hamster.cluster.node-name=d                    | hamster.cluster.node-name is 'd', but the nodes are [a, b, c]
            hamster.cluster.timeout=200ms                  | hamster.cluster.timeout is PT0.2S; give PT0.5S to PT1H
            hamster.cluster.raft.directory=                | hamster.cluster.raft.directory is empty
            hamster.cluster.raft.election-timeout-min=1ms  | hamster.cluster.raft.election-timeout-min is PT0.001S; give PT0.05S to PT1M
            hamster.cluster.raft.election-timeout-max=10ms | hamster.cluster.raft.election-timeout-max is PT0.01S; give PT0.3S to PT1M
            hamster.cluster.raft.election-timeout-max=300ms| hamster.cluster.raft.election-timeout-max is PT0.3S, no more than the minimum
            hamster.cluster.raft.lease=2m                  | hamster.cluster.raft.lease is PT2M; give PT0.1S to PT1M
            hamster.cluster.raft.snapshot-every=1          | hamster.cluster.raft.snapshot-every is 1; give 1000 to 10000000
            """)
    void aWrongPropertyStopsTheStart(String property, String message) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(refusal(context)).hasMessageStartingWith(message));
        assertThat(group.made).isEmpty();
    }

    @Test
    void needsNodesAndADirectory() {
        ApplicationContextRunner enabled =
                bare.withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=cluster");
        enabled.run(context -> assertThat(refusal(context))
                .hasMessageStartingWith(
                        "hamster.cluster.mode is 'cluster', but hamster.cluster.raft.directory isn't set")
                .hasMessageContaining("hamster.cluster.raft.directory: /var/lib"));
        enabled.withPropertyValues("hamster.cluster.raft.directory=target/raft")
                .run(context -> assertThat(refusal(context))
                        .hasMessageStartingWith("hamster.cluster.mode is 'cluster', but hamster.cluster.nodes is empty")
                        .hasMessageContaining("    hamster.cluster.nodes:\n      - { name: a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hamster.cluster.enabled=false",
                "hamster.cluster.mode=single",
                "hamster.enabled=false",
            })
    void isNotThereOtherwise(String property) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RaftGroup.class));
        assertThat(group.made).isEmpty();
    }

    @Test
    void saysWhatToAddWithoutTheModule() {
        ApplicationContextRunner without = runner.withClassLoader(new FilteredClassLoader("io.hamster.cluster.raft"));
        without.run(
                context -> assertThat(refusal(context).action()).contains("<artifactId>hamster-cluster</artifactId>"));
        without.withPropertyValues("hamster.lock.store=cluster")
                .run(context ->
                        assertThat(refusal(context).action()).contains("<artifactId>hamster-cluster</artifactId>"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.cluster.enabled=false | hamster.lock.store is cluster, but hamster.cluster.enabled is false.
            hamster.cluster.mode=single   | hamster.lock.store is cluster, but hamster.cluster.mode is single.
            """)
    void locksInAClusterNeedOne(String property, String message) {
        runner.withPropertyValues("hamster.lock.store=cluster", property)
                .run(context -> assertThat(refusal(context))
                        .hasMessageStartingWith(message)
                        .hasMessageContaining("    enabled: true\n    mode: cluster\n"));
    }

    @Test
    void warnsOfNodesThatAnybodyCanReach(CapturedOutput output) {
        runner.run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("hamster.cluster.tls.bundle");

        runner.withPropertyValues("hamster.cluster.nodes[2].host=10.0.0.3")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).contains("hamster.cluster.tls.bundle isn't set, and the nodes' hosts [10.0.0.3]");
    }

    @Test
    void isFoundByBoot() {
        assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
                .contains(
                        HamsterRaftAutoConfiguration.class.getName(),
                        HamsterClusterEndpointAutoConfiguration.class.getName());
    }

    private static Cluster ownCluster() {
        return Cluster.builder(Node.of("x", "127.0.0.1", 1), new ScriptedElector(), new ScriptedTransport())
                .build();
    }

    private static String feature(ApplicationContext context, String name) {
        return context.getBeanProvider(HamsterFeature.class).stream()
                .filter(feature -> feature.name().equals(name))
                .findFirst()
                .orElseThrow()
                .description();
    }

    private static Health health(ApplicationContext context, String part) {
        return context.getBeanProvider(HamsterHealthPart.class).stream()
                .filter(each -> each.name().equals(part))
                .map(each -> Objects.requireNonNull(each.indicator().health(true)))
                .findFirst()
                .orElseThrow();
    }

    private static HamsterConfigurationException refusal(AssertableApplicationContext context) {
        for (Throwable each = context.getStartupFailure(); each != null; each = each.getCause()) {
            if (each instanceof HamsterConfigurationException found) {
                return found;
            }
        }
        throw new AssertionError("not refused", context.getStartupFailure());
    }

    /** Stops after the locks and before the transport. */
    private static final class Between implements SmartLifecycle {

        private final List<String> order;
        private final ScriptedGroup group;
        private boolean running;

        private Between(List<String> order, ScriptedGroup group) {
            this.order = order;
            this.group = group;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            boolean held = group.locks.status("x").toCompletableFuture().join().isPresent();
            order.add("lock " + (held ? "held" : "free") + ", transport "
                    + (group.transport.closed() ? "closed" : "open"));
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return ClusterTransportLifecycle.PHASE + 1;
        }
    }
}
