package io.hamster.cache;

/** The contract of loads, for the shared tier alone. */
class RemoteCacheLoadingTests extends CacheLoadingContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.REMOTE).valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
