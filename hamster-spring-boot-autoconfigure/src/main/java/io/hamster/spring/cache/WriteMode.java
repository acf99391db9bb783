package io.hamster.spring.cache;

/** How a cache writes to its source. */
public enum WriteMode {
    /** Not at all: what is put is only cached. */
    NONE,
    /** Before the cache takes it. */
    THROUGH,
    /** Later, in batches: the cache journals it first. */
    BACK
}
