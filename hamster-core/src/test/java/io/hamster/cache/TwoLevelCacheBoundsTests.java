package io.hamster.cache;

/** The contract of bounds, for two levels. */
class TwoLevelCacheBoundsTests extends CacheBoundsContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
