package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.ClusterGroupContractTests;
import io.hamster.cluster.Node;
import io.hamster.testing.redis.RedisDeployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** The contract of clusters on one topology of Redis, each node as in a process of its own. */
abstract class RedisClusterContract extends ClusterGroupContractTests {

    /** With leases and announcements that outlive a pause of this process. */
    private static final HamsterRedisClusterProperties PROPERTIES = new HamsterRedisClusterProperties(
            Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofMillis(500), "cluster");

    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final RedisDeployment redis;
    private final List<RedisFixture> fixtures = new ArrayList<>();
    private final List<Cluster> created = new ArrayList<>();

    RedisClusterContract(RedisDeployment redis) {
        this.redis = redis;
    }

    @Override
    protected List<Cluster> create(int nodes, Consumer<ClusterBuilder> setup) {
        String namespace = "test-" + UUID.randomUUID();
        List<Node> all =
                names(nodes).stream().map(name -> Node.of(name, "127.0.0.1", 0)).toList();
        return all.stream().map(self -> create(namespace, self, all, setup)).toList();
    }

    private Cluster create(String namespace, Node self, List<Node> all, Consumer<ClusterBuilder> setup) {
        RedisFixture fixture = new RedisFixture(RedisFixture.factory(redis), namespace);
        fixtures.add(fixture);
        ClusterBuilder builder = new RedisClusterEngine(
                        fixture.factory,
                        new GroupNames(namespace, PROPERTIES.dataPath()),
                        PROPERTIES,
                        TIMEOUT,
                        fixture.scheduler,
                        fixture.executor,
                        TimeSource.system())
                .builder(Optional.of(self), all);
        setup.accept(builder);
        Cluster cluster = builder.build();
        created.add(cluster);
        return cluster;
    }

    @AfterEach
    void disconnect() {
        created.forEach(Cluster::close);
        fixtures.forEach(RedisFixture::close);
    }
}
