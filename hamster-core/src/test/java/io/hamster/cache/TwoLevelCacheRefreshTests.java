package io.hamster.cache;

/** The contract of refreshes, for two levels. */
class TwoLevelCacheRefreshTests extends CacheRefreshContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
