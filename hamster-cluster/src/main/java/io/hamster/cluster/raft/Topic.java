package io.hamster.cluster.raft;

/** What a message between nodes is about; its ordinal is the message's first byte. */
enum Topic {
    /** Remote functions. */
    FUNCTIONS,
    /** Finding, founding and joining the group; commands on their way to its leader. */
    GROUP,
    /** Waiters of locks that should ask again. */
    LOCKS,
    /** Invalidations of caches. */
    CACHES,
    /** Loads of caches. */
    LEASES
}
