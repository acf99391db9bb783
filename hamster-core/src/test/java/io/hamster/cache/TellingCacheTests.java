package io.hamster.cache;

/** The contract, for the local tier of instances that tell each other of their changes. */
class TellingCacheTests extends CacheContractTests {

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.LOCAL).tellsOthers(true);
    }

    @Override
    protected CacheClientBuilder client() {
        return super.client().shared(SharedServer.alone(time));
    }
}
