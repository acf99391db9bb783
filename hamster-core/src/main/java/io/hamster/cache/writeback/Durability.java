package io.hamster.cache.writeback;

/** What acknowledged writes outlast before they have reached their source. */
public enum Durability {
    /** Nothing: they are lost when the process dies. */
    MEMORY,
    /** The death of the process and of the machine, not that of the disk. One process at a time owns the cache. */
    FILE,
    /**
     * What Redis' own persistence and replication outlast. Several instances share the cache, whose tier must be {@code
     * TWO_LEVEL} or {@code REMOTE}, and any of them may flush what another has put. {@code putIfAbsent} is decided within
     * each instance, and invalidating a tag doesn't reach dirty entries.
     */
    REDIS
}
