package io.hamster.cache;

/** The contract, for the shared tier alone. */
class RemoteCacheTests extends CacheContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.REMOTE).valueType(String.class);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
