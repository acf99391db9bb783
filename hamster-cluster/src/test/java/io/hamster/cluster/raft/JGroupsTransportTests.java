package io.hamster.cluster.raft;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.ClusterGroupContractTests;
import io.hamster.cluster.LoopbackGroup;
import io.hamster.cluster.Node;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract with messages over JGroups; who leads is decided in this process. */
class JGroupsTransportTests extends ClusterGroupContractTests {

    private static ScheduledExecutorService scheduler;
    private static ExecutorService executor;

    @BeforeAll
    static void open() {
        scheduler = Executors.newScheduledThreadPool(2);
        executor = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void shutDown() {
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    @Override
    protected List<Cluster> create(int count, Consumer<ClusterBuilder> setup) {
        List<Node> nodes = Messengers.nodes(count);
        LoopbackGroup group = new LoopbackGroup(names(count));
        return nodes.stream()
                .map(node -> {
                    JGroupsMessenger messenger = new JGroupsMessenger(
                            node, nodes, Messengers.TIMEOUT, Optional.empty(), scheduler, executor);
                    ClusterBuilder builder =
                            Cluster.builder(node, group.elector(node.name()), new JGroupsTransport(messenger));
                    setup.accept(builder);
                    return builder.build();
                })
                .toList();
    }
}
