package io.hamster.spring.redis;

import static org.awaitility.Awaitility.await;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockClientContractTests;
import io.hamster.testing.redis.RedisDeployment;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The client over the store on one topology; each client has connections of its own, as instances have. */
abstract class RedisLockClientContract extends LockClientContractTests {

    private final RedisFixture fixture;

    RedisLockClientContract(RedisDeployment redis) {
        fixture = RedisFixture.on(redis);
    }

    @AfterEach
    void closeFixture() {
        // The contract closes its clients after this.
        closeClients();
        fixture.close();
    }

    @Override
    protected LockClient newClient(String node) {
        LockClient client = LockClient.builder(fixture.store(), fixture.scheduler, fixture.executor)
                .node(node)
                .commandTimeout(Duration.ofSeconds(30))
                .build();
        // Some leases here are shorter than the making of a connection may take.
        await().ignoreExceptions().until(() -> client.status("none").isEmpty());
        return client;
    }

    @Override
    protected Duration lease() {
        return Duration.ofMillis(900);
    }

    @Override
    protected Duration timeout() {
        return Duration.ofSeconds(3);
    }

    @Override
    protected void pass(Duration time) {
        RedisFixture.pass(time);
    }
}
