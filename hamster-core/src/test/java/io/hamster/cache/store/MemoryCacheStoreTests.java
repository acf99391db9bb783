package io.hamster.cache.store;

import io.hamster.testing.ManualTime;
import java.time.Duration;

class MemoryCacheStoreTests extends CacheStoreContractTests {

    private final ManualTime time = new ManualTime();

    @Override
    protected CacheStore newStore(Duration ticketTtl) {
        return new MemoryCacheStore(time, ticketTtl);
    }

    @Override
    protected CacheStore sameAs(CacheStore store, Duration ticketTtl) {
        return store;
    }

    @Override
    protected void pass(Duration passed) {
        time.advance(passed);
    }
}
