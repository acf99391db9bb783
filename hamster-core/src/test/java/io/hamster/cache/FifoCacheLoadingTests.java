package io.hamster.cache;

/** The contract of loads, for the local tier with FIFO. */
class FifoCacheLoadingTests extends CacheLoadingContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.FIFO);
    }
}
