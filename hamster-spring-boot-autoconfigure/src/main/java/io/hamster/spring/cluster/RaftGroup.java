package io.hamster.spring.cluster;

import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.CacheStoreFactory;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.lock.LockStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * This node's part of a Raft group, which cluster, locks and caches share. It runs from the start to the close of the
 * cluster that is built from it.
 *
 * @param names the names of the nodes
 * @param cluster the cluster to be
 * @param locks where the group keeps its locks
 * @param invalidations what tells the other nodes' caches of changes
 * @param loads what has the nodes' caches share their loads
 * @param waitingFor why there is no group yet
 */
record RaftGroup(
        List<String> names,
        ClusterBuilder cluster,
        LockStore locks,
        InvalidationChannel invalidations,
        CacheStoreFactory loads,
        Supplier<Optional<String>> waitingFor) {}
