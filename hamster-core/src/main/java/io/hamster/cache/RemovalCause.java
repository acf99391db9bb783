package io.hamster.cache;

/** Why an entry left a cache. */
public enum RemovalCause {
    /** Its key, one of its tags or the whole cache was invalidated, or it was deleted. */
    INVALIDATED,
    /** It got another value. */
    REPLACED,
    /** Its time to live passed. */
    EXPIRED,
    /** The cache was full. */
    EVICTED
}
