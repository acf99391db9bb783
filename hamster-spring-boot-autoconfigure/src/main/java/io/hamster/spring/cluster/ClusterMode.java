package io.hamster.spring.cluster;

/** What a cluster is made of. */
public enum ClusterMode {
    /** This instance alone. */
    SINGLE,
    /** A leader lease and messages in Redis. */
    REDIS,
    /** A Raft group of the instances themselves. */
    CLUSTER
}
