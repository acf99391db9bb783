package io.hamster.cache;

/** The contract of bounds, for the local tier with loads that are shared by the nodes of a cluster. */
class LeasedCacheBoundsTests extends CacheBoundsContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder()
                .tier(Tier.LOCAL)
                .loadScope(LoadScope.CLUSTER)
                .valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(LeasedInstances.alone(time));
    }
}
