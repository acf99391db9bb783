package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.lease.ClusterLeases;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.JobTracker;
import io.hamster.cluster.RemoteCall;
import io.hamster.hash.PeerPicker;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.hash.HamsterHashAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** Three applications that are a group of their own, over real connections. */
class RaftClusterSpringTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private final List<String> nodes = new ArrayList<>();
    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    @BeforeEach
    void takePorts() throws IOException {
        List<Integer> ports = freePorts(2 * NAMES.size());
        for (int i = 0; i < NAMES.size(); i++) {
            String node = "hamster.cluster.nodes[" + i + "].";
            nodes.add(node + "name=" + NAMES.get(i));
            nodes.add(node + "host=127.0.0.1");
            nodes.add(node + "port=" + ports.get(2 * i));
            nodes.add(node + "raft-port=" + ports.get(2 * i + 1));
        }
    }

    @AfterEach
    void close() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void isOneGroupToTheApplications() {
        startAll(List.of());

        assertLeads();
        assertCalls();
        assertExcludes();
        assertTells();
        assertLoadsOnce();
        assertHandsOver();
    }

    @Test
    void isOneGroupWithCertificates() throws Exception {
        List<String> tls = new ArrayList<>(PemCertificates.make(directory).bundle("nodes"));
        tls.add("hamster.cluster.tls.bundle=nodes");
        startAll(tls);

        assertLeads();
        assertCalls();
        assertExcludes();
        assertHandsOver();
    }

    @Test
    void saysThatThePortIsTaken() throws IOException {
        int port = freePorts(1).get(0);
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThatExceptionOfType(ApplicationContextException.class)
                    .isThrownBy(() -> start("a", List.of("hamster.cluster.nodes[0].port=" + port)))
                    .havingCause()
                    .isInstanceOf(HamsterConfigurationException.class)
                    .withMessageContaining("Node 'a' can't take part in its cluster")
                    .withMessageContaining("127.0.0.1:" + port)
                    .withMessageContaining("another process has the port");
            assertThat(taken.isClosed()).isFalse();
        }
        assertThat(threadsOfANode()).isEmpty();
    }

    private void assertLeads() {
        // Leadership may pass on meanwhile where the machine stands still.
        await().atMost(PATIENCE).untilAsserted(() -> {
            ConfigurableApplicationContext leader = leader();
            for (ConfigurableApplicationContext each : contexts) {
                Health health = health(each);
                assertThat(health.getStatus()).isEqualTo(Status.UP);
                assertThat(health.getDetails())
                        .containsEntry("leader", name(leader))
                        .containsEntry("role", each == leader ? "leader" : "follower")
                        .containsEntry("alive", NAMES.size());
                assertThat(each.getBean(PeerPicker.class).alivePeerCount()).isEqualTo(NAMES.size());
            }
            assertThat(ranOn()).containsExactly(name(leader));
        });
    }

    private void assertCalls() {
        for (ConfigurableApplicationContext from : contexts) {
            for (String to : NAMES) {
                RemoteCall<String> call = RemoteCall.function("where")
                        .node(to)
                        .returning(String.class)
                        .build();
                assertThat(cluster(from).call(call)).contains(to);
            }
        }
    }

    private void assertExcludes() {
        LockRequest request = LockRequest.builder("stock").timeout(PATIENCE).build();
        for (ConfigurableApplicationContext holder : contexts) {
            try (LockHandle held = locks(holder).lock(request)) {
                assertThat(held.isValid()).isTrue();
                contexts.stream()
                        .filter(other -> other != holder)
                        .forEach(other ->
                                assertThat(locks(other).tryLock(request)).isEmpty());
            }
        }
    }

    private void assertTells() {
        List<HamsterCache<String, String>> caches = contexts.stream()
                .map(each -> each.getBean(CacheClient.class).<String, String>cache("books"))
                .toList();
        await().atMost(PATIENCE).untilAsserted(() -> {
            caches.forEach(cache -> cache.get("k", key -> "old"));
            assertThat(caches).allSatisfy(cache -> assertThat(cache.get("k")).contains("old"));
        });

        caches.get(0).invalidate("k");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(caches)
                        .allSatisfy(cache -> assertThat(cache.get("k")).isEmpty()));
    }

    private void assertLoadsOnce() {
        AtomicInteger rounds = new AtomicInteger();
        AtomicInteger once = new AtomicInteger();
        await().atMost(PATIENCE)
                .until(() -> (loadsOnce("k" + rounds.incrementAndGet()) ? once.incrementAndGet() : once.get()) == 5);
    }

    /** False where the machine stood still for so long that an application was right to load alone. */
    private boolean loadsOnce(String key) {
        AtomicInteger loads = new AtomicInteger();
        long alone = loadsAlone();
        long began = System.nanoTime();
        contexts.parallelStream()
                .map(RaftClusterSpringTests::prices)
                .forEach(cache -> assertThat(cache.get(key, same -> "load " + loads.incrementAndGet()))
                        .isPresent());
        if (loadsAlone() > alone || System.nanoTime() - began > ClusterLeases.DEFAULT_PATIENCE.toNanos()) {
            return false;
        }
        assertThat(loads).hasValue(1);
        return true;
    }

    private long loadsAlone() {
        return contexts.stream()
                .mapToLong(each -> prices(each).stats().loadsAlone())
                .sum();
    }

    private static HamsterCache<String, String> prices(ConfigurableApplicationContext context) {
        return context.getBean(CacheClient.class).cache("prices");
    }

    private void assertHandsOver() {
        ConfigurableApplicationContext former = leader();
        Tracker stopped = former.getBean(Tracker.class);
        LockHandle held = locks(former).lock(LockRequest.of("left"));

        former.close();
        contexts.remove(former);

        assertThat(held.isValid()).isFalse();
        ConfigurableApplicationContext next = leader();
        assertThat(next).isNotSameAs(former);
        assertThat(stopped.calls).containsExactly("start", "stop");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(next.getBean(Tracker.class).calls).containsExactly("start"));
        for (ConfigurableApplicationContext each : contexts) {
            await().atMost(PATIENCE).until(() -> each.getBean(PeerPicker.class).alivePeerCount() == NAMES.size() - 1);
        }
        assertThat(ranOn()).containsExactly(name(next));
        try (LockHandle taken = locks(next).lock(LockRequest.of("left"))) {
            assertThat(taken.isValid()).isTrue();
        }
    }

    private void startAll(List<String> more) {
        for (String name : NAMES) {
            contexts.add(start(name, more));
        }
        contexts.forEach(each -> assertThat(cluster(each).awaitReady(PATIENCE)).isTrue());
        await().atMost(PATIENCE)
                .until(() -> contexts.stream().allMatch(each -> cluster(each).aliveNodeCount() == NAMES.size()));
    }

    private ConfigurableApplicationContext start(String name, List<String> more) {
        List<String> properties = new ArrayList<>(nodes);
        properties.add("spring.main.banner-mode=off");
        properties.add("hamster.cluster.enabled=true");
        properties.add("hamster.cluster.mode=cluster");
        properties.add("hamster.cluster.node-name=" + name);
        properties.add("hamster.cluster.raft.directory=" + directory.resolve(name));
        properties.add("hamster.cluster.raft.bootstrap=true");
        // So that nobody loses leadership because the machine stood still for a moment.
        properties.add("hamster.cluster.raft.election-timeout-min=2s");
        properties.add("hamster.cluster.raft.election-timeout-max=3s");
        properties.add("hamster.cluster.raft.lease=10s");
        properties.add("hamster.lock.store=cluster");
        properties.add("hamster.lock.command-timeout=20s");
        properties.add("hamster.hash.source=cluster");
        properties.add("hamster.cache.caches.books.tells-others=true");
        properties.add("hamster.cache.caches.prices.load-scope=cluster");
        properties.add("hamster.cache.caches.prices.value-type=java.lang.String");
        properties.addAll(more);
        // Of two of one name the later one counts.
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties(properties.toArray(String[]::new))
                .run();
    }

    private ConfigurableApplicationContext leader() {
        return await().atMost(PATIENCE)
                .until(
                        () -> contexts.stream()
                                .filter(each -> cluster(each).isLeader())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private List<String> ranOn() {
        return contexts.stream()
                .map(each -> each.getBean(Job.class).run())
                .flatMap(Optional::stream)
                .toList();
    }

    private static List<String> threadsOfANode() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("hamster-cluster") || name.contains("jgroups"))
                .toList();
    }

    private static List<Integer> freePorts(int count) {
        return IntStream.range(0, count).mapToObj(i -> FreePorts.next()).toList();
    }

    private static Cluster cluster(ConfigurableApplicationContext context) {
        return context.getBean(Cluster.class);
    }

    private static LockClient locks(ConfigurableApplicationContext context) {
        return context.getBean(LockClient.class);
    }

    private static String name(ConfigurableApplicationContext context) {
        return cluster(context).self().name();
    }

    private static Health health(ConfigurableApplicationContext context) {
        return context.getBeanProvider(HamsterHealthPart.class).stream()
                .filter(each -> each.name().equals("cluster"))
                .map(each -> Objects.requireNonNull(each.indicator().health(true)))
                .findFirst()
                .orElseThrow();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        AopAutoConfiguration.class,
        SslAutoConfiguration.class,
        HamsterAutoConfiguration.class,
        HamsterCodecAutoConfiguration.class,
        HamsterLockAutoConfiguration.class,
        HamsterCacheAutoConfiguration.class,
        HamsterHashAutoConfiguration.class,
        HamsterRaftAutoConfiguration.class,
        HamsterClusterAutoConfiguration.class
    })
    static class Application {

        @Bean
        Job job(Cluster cluster) {
            return new Job(cluster);
        }

        @Bean
        Tracker tracker() {
            return new Tracker();
        }
    }

    static class Job {

        private final Cluster cluster;

        Job(Cluster cluster) {
            this.cluster = cluster;
        }

        @LeaderOnly
        public Optional<String> run() {
            return Optional.of(cluster.self().name());
        }

        @RemoteFunction("where")
        public String where() {
            return cluster.self().name();
        }
    }

    private static final class Tracker implements JobTracker {

        private final List<String> calls = new CopyOnWriteArrayList<>();

        @Override
        public void onStartedLeading(long term) {
            calls.add("start");
        }

        @Override
        public void onStoppedLeading() {
            calls.add("stop");
        }
    }
}
