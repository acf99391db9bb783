package io.hamster.cache;

/** Which entry leaves when a cache is full. */
public enum Eviction {
    /**
     * The one that is least likely to be asked for again, by recency and frequency (Einziger, Friedman and Manes,
     * "TinyLFU: A Highly Efficient Cache Admission Policy", 2017; by way of Caffeine).
     */
    W_TINY_LFU,

    /**
     * The one that was read or put longest ago. Exact as long as one thread alone uses the cache. Once others do, reads
     * within a second, or within the time in which a sixty-fourth of the entries is put, count as simultaneous, those of
     * long ago within longer; and where more than a thousand have been read since it was their turn, the oldest of a
     * thousand goes.
     */
    LRU,

    /** The one that came in first; being read or put again changes nothing. Exact when one thread uses the cache. */
    FIFO
}
