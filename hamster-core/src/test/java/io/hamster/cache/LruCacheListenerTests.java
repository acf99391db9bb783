package io.hamster.cache;

/** The contract, for an LRU cache. */
class LruCacheListenerTests extends CacheListenerContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.LRU);
    }
}
