package io.hamster.cache;

/** The contract of bounds, for the local tier with W-TinyLFU. */
class WTinyLfuCacheBoundsTests extends CacheBoundsContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.W_TINY_LFU);
    }
}
