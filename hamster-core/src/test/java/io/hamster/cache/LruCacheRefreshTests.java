package io.hamster.cache;

/** The contract of refreshes, for the local tier with LRU. */
class LruCacheRefreshTests extends CacheRefreshContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.LRU);
    }
}
