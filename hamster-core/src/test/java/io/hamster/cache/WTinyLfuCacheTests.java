package io.hamster.cache;

/** The contract, for the local tier with W-TinyLFU. */
class WTinyLfuCacheTests extends CacheContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.W_TINY_LFU);
    }
}
