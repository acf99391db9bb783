package io.hamster.spring.redis;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStoreContractTests;
import io.hamster.testing.redis.RedisDeployment;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The store on one topology. */
abstract class RedisCacheStoreContract extends CacheStoreContractTests {

    private final RedisFixture fixture;

    RedisCacheStoreContract(RedisDeployment redis) {
        fixture = RedisFixture.on(redis);
    }

    @AfterEach
    void closeFixture() {
        fixture.close();
    }

    @Override
    protected CacheStore newStore(Duration ticketTtl) {
        return fixture.cacheStore("books {1}*", ticketTtl);
    }

    @Override
    protected CacheStore sameAs(CacheStore store, Duration ticketTtl) {
        return newStore(ticketTtl);
    }

    @Override
    protected void pass(Duration time) {
        RedisFixture.pass(time);
    }
}
