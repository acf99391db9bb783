package io.hamster.cache;

/** The contract of loads, for the local tier with W-TinyLFU. */
class WTinyLfuCacheLoadingTests extends CacheLoadingContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.W_TINY_LFU);
    }
}
