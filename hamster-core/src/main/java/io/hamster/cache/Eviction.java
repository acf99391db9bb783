package io.hamster.cache;

/** Which entry leaves when a cache is full. */
public enum Eviction {
    /**
     * The one that is least likely to be asked for again, by recency and frequency (Einziger, Friedman and Manes,
     * "TinyLFU: A Highly Efficient Cache Admission Policy", 2017; by way of Caffeine).
     */
    W_TINY_LFU,

    /**
     * The one that was read or put longest ago. Exact when one thread uses the cache; with several, reads have no order
     * among them within a second, or less if an eighth of the entries is put in it.
     */
    LRU,

    /** The one that came in first; being read or put again changes nothing. Exact when one thread uses the cache. */
    FIFO
}
