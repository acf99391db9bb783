package io.hamster.spring.redis;

import io.hamster.lock.LockStore;
import io.hamster.lock.UnorderedLockStoreContractTests;
import io.hamster.testing.redis.RedisDeployment;
import java.time.Duration;
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
        return fixture.store();
    }

    @Override
    protected Duration lease() {
        return Duration.ofSeconds(1);
    }

    @Override
    protected void pass(Duration time) {
        RedisFixture.pass(time);
    }
}
