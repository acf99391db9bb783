package io.hamster.cache;

/** The contract of refreshes, for the local tier with loads that are shared by the nodes of a cluster. */
class LeasedCacheRefreshTests extends CacheRefreshContractTests {

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
