package io.hamster.cache.bloom;

/**
 * What a Bloom filter has come to. Estimated from its bits, while others may be adding.
 *
 * @param keys about how many different keys were added; {@link Long#MAX_VALUE} once every bit is set
 * @param fill the share of bits that are set, 0 to 1; a little under 0.5 at the number of keys it was made for
 * @param fpp the share of absent keys that seem to be there now
 * @param memoryBytes the memory the bits take
 */
public record BloomFilterStats(long keys, double fill, double fpp, long memoryBytes) {}
