package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockStore;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockToken;
import io.hamster.lock.UnorderedLockStoreContractTests;
import io.hamster.testing.redis.RedisDeployment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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

    @Test
    void answersNoMoreThanTheWholeMillisecondsThatRedisCounts() throws Exception {
        Duration lease = lease().plusNanos(900_000);
        try (LockStore store = newStore()) {
            Ask ask = new Ask("fraction", new LockToken("fraction", 1), "node", lease, Duration.ZERO);

            assertThat(store.acquire(ask).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Answer.Granted.class,
                            granted -> assertThat(granted.remaining()).isEqualTo(lease()));
        }
    }

    @Override
    protected Duration lease() {
        return Duration.ofMillis(300);
    }

    @Override
    protected void pass(Duration time) {
        RedisFixture.pass(time);
    }
}
