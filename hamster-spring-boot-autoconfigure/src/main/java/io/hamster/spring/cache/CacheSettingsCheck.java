package io.hamster.spring.cache;

import org.springframework.beans.factory.SmartInitializingSingleton;

/** Checks properties of caches beside what annotations say, once the context has its beans and their methods are known. */
final class CacheSettingsCheck implements SmartInitializingSingleton {

    private final HamsterCacheProperties properties;
    private final CachePlacements placements;

    CacheSettingsCheck(HamsterCacheProperties properties, CachePlacements placements) {
        this.properties = properties;
        this.placements = placements;
    }

    @Override
    public void afterSingletonsInstantiated() {
        properties.checkBeside(placements::of);
    }
}
