package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import java.util.function.Supplier;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Makes the caches that are shared, tell each other of changes or write back and are known by name once the context has
 * its beans: what is wrong with them shows at start, the first request finds a connection, and what an earlier process left
 * is written. What is known by less is only checked.
 */
final class CachesStart implements SmartInitializingSingleton {

    private final CachePolicies policies;
    private final Supplier<CacheClient> client;

    CachesStart(CachePolicies policies, Supplier<CacheClient> client) {
        this.policies = policies;
        this.client = client;
    }

    @Override
    public void afterSingletonsInstantiated() {
        policies.requireShared(client.get().names());
        policies.fromTheStart().forEach(name -> client.get().cache(name));
    }
}
