package io.hamster.cluster.raft;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.ClusterGroupContractTests;
import io.hamster.cluster.LoopbackGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of all modes with leaders from a real group and calls by method calls. */
class RaftClusterContractTests extends ClusterGroupContractTests {

    @TempDir
    private Path root;

    private final List<RaftTestCluster> groups = new ArrayList<>();

    @AfterEach
    void closeGroups() {
        groups.parallelStream().forEach(RaftTestCluster::close);
    }

    @Override
    protected List<Cluster> create(int nodes, Consumer<ClusterBuilder> setup) {
        List<String> names = names(nodes);
        RaftTestCluster group = new RaftTestCluster(
                        root.resolve("group" + groups.size()), RaftTestCluster::steady, names.toArray(String[]::new))
                .startAll();
        groups.add(group);
        LoopbackGroup calls = new LoopbackGroup(names);
        return names.stream()
                .map(name -> {
                    ClusterBuilder builder =
                            Cluster.builder(calls.node(name), group.node(name).elector(), calls.transport(name));
                    setup.accept(builder);
                    return builder.build();
                })
                .toList();
    }
}
