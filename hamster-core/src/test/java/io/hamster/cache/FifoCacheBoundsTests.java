package io.hamster.cache;

/** The contract of bounds, for the local tier with FIFO. */
class FifoCacheBoundsTests extends CacheBoundsContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.FIFO);
    }
}
