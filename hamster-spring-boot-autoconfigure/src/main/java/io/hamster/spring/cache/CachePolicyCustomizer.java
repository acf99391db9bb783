package io.hamster.spring.cache;

import io.hamster.cache.CachePolicyBuilder;

/**
 * Changes the policies of caches that are made by name, after the properties have been applied. Beans of this type are
 * called in order. The place for what a property can't hold, such as a weigher.
 */
@FunctionalInterface
public interface CachePolicyCustomizer {

    /**
     * Changes the policy of a cache that is about to be made.
     *
     * @param name the cache's name
     * @param policy what the properties say; to be changed
     */
    void customize(String name, CachePolicyBuilder policy);
}
