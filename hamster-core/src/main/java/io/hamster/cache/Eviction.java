package io.hamster.cache;

/** Which entry leaves when a cache is full. */
public enum Eviction {
    /**
     * The one that is least likely to be asked for again, by recency and frequency (Einziger, Friedman and Manes,
     * "TinyLFU: A Highly Efficient Cache Admission Policy", 2017; by way of Caffeine).
     */
    W_TINY_LFU
}
