package io.hamster.cache;

/** The contract, for a cache of two levels. */
class TwoLevelCacheListenerTests extends CacheListenerContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
