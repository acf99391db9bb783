package io.hamster.cache;

/** The contract of bounds, for the local tier with LRU. */
class LruCacheBoundsTests extends CacheBoundsContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.LRU);
    }
}
