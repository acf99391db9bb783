package io.hamster.cache;

/** The contract of bounds, for the local tier with loads that are shared by all instances. */
class RelayedCacheBoundsTests extends CacheBoundsContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder()
                .tier(Tier.LOCAL)
                .loadScope(LoadScope.CLUSTER)
                .valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
