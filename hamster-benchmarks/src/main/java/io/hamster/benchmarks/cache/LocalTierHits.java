package io.hamster.benchmarks.cache;

import org.openjdk.jmh.annotations.Param;

/** {@link SharedHits} that this JVM can answer. */
public class LocalTierHits extends SharedHits {

    /** Whose cache. */
    @Param({
        SharedCaches.HAMSTER_TWO_LEVELS,
        SharedCaches.CAFFEINE,
        SharedCaches.JETCACHE_TWO_LEVELS,
        SharedCaches.REDISSON_TWO_LEVELS
    })
    public String library = SharedCaches.CAFFEINE;

    @Override
    protected String library() {
        return library;
    }
}
