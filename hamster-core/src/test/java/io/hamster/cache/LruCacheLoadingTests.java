package io.hamster.cache;

/** The contract of loads, for the local tier with LRU. */
class LruCacheLoadingTests extends CacheLoadingContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.LRU);
    }
}
