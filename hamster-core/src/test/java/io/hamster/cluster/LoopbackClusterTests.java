package io.hamster.cluster;

import java.util.List;
import java.util.function.Consumer;

/** The contract on several nodes, over seams that do nothing of their own. */
class LoopbackClusterTests extends ClusterGroupContractTests {

    @Override
    protected List<Cluster> create(int nodes, Consumer<ClusterBuilder> setup) {
        return new LoopbackGroup(names(nodes))
                .builders().stream()
                        .map(builder -> {
                            setup.accept(builder);
                            return builder.build();
                        })
                        .toList();
    }
}
