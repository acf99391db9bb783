package io.hamster.cache;

/** The contract of refreshes, for the local tier with FIFO. */
class FifoCacheRefreshTests extends CacheRefreshContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.FIFO);
    }
}
