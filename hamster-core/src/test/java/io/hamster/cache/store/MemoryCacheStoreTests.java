package io.hamster.cache.store;

import io.hamster.testing.ManualTime;
import java.time.Duration;

class MemoryCacheStoreTests extends CacheStoreContractTests {

    private final ManualTime time = new ManualTime();

    @Override
    protected CacheStore newStore() {
        return new MemoryCacheStore(time, TICKET_TTL);
    }

    @Override
    protected CacheStore sameAs(CacheStore store) {
        return store;
    }

    @Override
    protected void pass(Duration passed) {
        time.advance(passed);
    }
}
