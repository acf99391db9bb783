package io.hamster.spring.cache;

import io.hamster.cache.CachePolicyBuilder;

/**
 * Changes the policies of caches that are made by name, after the properties have been applied. Beans of this type are
 * called in order, and more than once for a cache that is also checked when the application starts. The place for what a
 * property can't hold, such as a weigher.
 */
@FunctionalInterface
public interface CachePolicyCustomizer {

    /**
     * Changes the policy of a cache that is about to be made or checked.
     *
     * @param name the cache's name
     * @param policy what the properties say; to be changed
     */
    void customize(String name, CachePolicyBuilder policy);
}
