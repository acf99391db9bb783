package io.hamster.spring.hash;

/** Where the peers come from. */
public enum PeerSource {
    /** The list in {@code hamster.hash.peers}. */
    STATIC,
    /** The nodes of Hamster's cluster. */
    CLUSTER,
    /** Spring Cloud's discovery client. */
    DISCOVERY
}
