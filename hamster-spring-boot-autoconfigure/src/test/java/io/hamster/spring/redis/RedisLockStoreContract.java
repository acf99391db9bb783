package io.hamster.spring.redis;

import io.hamster.lock.LockStore;
import io.hamster.lock.UnorderedLockStoreContractTests;
import io.hamster.testing.redis.RedisDeployment;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** The store on one topology. */
abstract class RedisLockStoreContract extends UnorderedLockStoreContractTests {

    private final RedisFixture fixture;

    RedisLockStoreContract(RedisDeployment redis) {
        fixture = RedisFixture.on(redis);
    }

    @AfterEach
    void closeFixture() {
        fixture.close();
    }

    @Override
    protected LockStore newStore() {
        RedisLockStore store = fixture.store();
        // What is announced before that is made up for by a re-check, which the contract doesn't ask for.
        Awaitility.await().until(store.channel()::hears);
        return store;
    }

    @Override
    protected Duration lease() {
        return Duration.ofMillis(900);
    }

    @Override
    protected void pass(Duration time) {
        RedisFixture.pass(time);
    }
}
