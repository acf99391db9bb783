package io.hamster.cache;

/** The contract of bounds, for two levels whose loads are shared by all instances. */
class ClusterScopeCacheBoundsTests extends CacheBoundsContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder()
                .tier(Tier.TWO_LEVEL)
                .loadScope(LoadScope.CLUSTER)
                .valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
