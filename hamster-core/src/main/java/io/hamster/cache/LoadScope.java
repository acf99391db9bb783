package io.hamster.cache;

/** Among whom concurrent misses of a key share one load. */
public enum LoadScope {
    /** The callers of one JVM. */
    JVM,
    /**
     * The callers of all instances: one of them holds the key's lease, in the shared tier or with the key's owner among
     * the nodes of a cluster, and loads; the others wait for the value. A second load is possible if its holder dies or is
     * paused for longer than the lease, if nodes of the cluster come or go meanwhile, or if the shared tier can't be asked.
     * Loads on different instances that need each other's keys aren't noticed; only {@code hardTimeout} ends that.
     */
    CLUSTER
}
