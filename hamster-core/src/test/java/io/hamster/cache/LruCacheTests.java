package io.hamster.cache;

/** The contract, for the local tier with LRU. */
class LruCacheTests extends CacheContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.LRU);
    }
}
