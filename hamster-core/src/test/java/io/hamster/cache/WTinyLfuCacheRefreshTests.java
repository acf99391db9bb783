package io.hamster.cache;

/** The contract of refreshes, for the local tier with W-TinyLFU. */
class WTinyLfuCacheRefreshTests extends CacheRefreshContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.W_TINY_LFU);
    }
}
