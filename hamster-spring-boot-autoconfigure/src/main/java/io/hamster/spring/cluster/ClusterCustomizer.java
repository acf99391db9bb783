package io.hamster.spring.cluster;

import io.hamster.cluster.ClusterBuilder;

/** Changes the cluster before it is built. Beans of this type are called in order, after the properties were applied. */
@FunctionalInterface
public interface ClusterCustomizer {

    /**
     * Changes the cluster to be.
     *
     * @param builder what the cluster is about to be built from
     */
    void customize(ClusterBuilder builder);
}
