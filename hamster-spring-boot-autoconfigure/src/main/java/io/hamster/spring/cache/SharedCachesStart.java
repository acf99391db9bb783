package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import java.util.function.Supplier;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Makes the shared caches that are known by name once the context has its beans: what is wrong with them shows at start,
 * and the first request finds a connection.
 */
final class SharedCachesStart implements SmartInitializingSingleton {

    private final CachePolicies policies;
    private final Supplier<CacheClient> client;

    SharedCachesStart(CachePolicies policies, Supplier<CacheClient> client) {
        this.policies = policies;
        this.client = client;
    }

    @Override
    public void afterSingletonsInstantiated() {
        policies.sharedFromTheStart().forEach(name -> client.get().cache(name));
    }
}
