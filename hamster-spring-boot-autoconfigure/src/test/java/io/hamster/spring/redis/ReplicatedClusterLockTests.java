package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockUnavailableException;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A cluster without replicas can't give what is asked of it, whichever of its nodes has the lock. */
@RedisTest(topology = Topology.CLUSTER)
class ReplicatedClusterLockTests {

    @Test
    void asksThePrimaryThatHasTheLock(RedisDeployment redis) {
        try (RedisFixture fixture = RedisFixture.on(redis);
                LockClient client = LockClient.builder(
                                fixture.store(new Replication(1, Duration.ofMillis(50))),
                                fixture.scheduler,
                                fixture.executor)
                        .commandTimeout(Duration.ofSeconds(5))
                        .build()) {
            for (int i = 0; i < 10; i++) {
                LockRequest request = LockRequest.of("k" + i);

                assertThatExceptionOfType(LockUnavailableException.class)
                        .isThrownBy(() -> client.tryLock(request))
                        .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("Only 0 of 1 replicas"));
                assertThat(client.status(request.key())).isEmpty();
            }
        }
    }
}
