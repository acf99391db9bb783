package io.hamster.cache;

/** The contract, for the local tier with FIFO. */
class FifoCacheTests extends CacheContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.FIFO);
    }
}
