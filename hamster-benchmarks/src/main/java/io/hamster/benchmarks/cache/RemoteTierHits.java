package io.hamster.benchmarks.cache;

import org.openjdk.jmh.annotations.Param;

/** {@link SharedHits} that Redis has to answer. */
public class RemoteTierHits extends SharedHits {

    /** Whose cache. */
    @Param({
        SharedCaches.HAMSTER,
        SharedCaches.LETTUCE,
        SharedCaches.SPRING,
        SharedCaches.JETCACHE,
        SharedCaches.REDISSON
    })
    public String library = SharedCaches.LETTUCE;

    @Override
    protected String library() {
        return library;
    }
}
