package io.hamster.cache;

/** The contract, for two levels whose loads are shared by all instances. */
class ClusterScopeCacheTests extends CacheContractTests {

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
