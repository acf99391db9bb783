package io.hamster.cache;

/** The contract of loads, for two levels. */
class TwoLevelCacheLoadingTests extends CacheLoadingContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
